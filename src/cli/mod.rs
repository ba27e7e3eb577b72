//! The command line: one file per subcommand. Wiring, progress and exit codes; no judgement.

mod assemble;
mod audit;
mod clock;
mod collect;
mod compare;
mod drift;
mod explain;
mod iam_policy;
mod plan;
mod rules;
mod sources;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the process says with its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Every promise kept.
    Kept = 0,
    /// A promise broken at or above `--fail-on`.
    Broken = 1,
    /// Nothing broken, but something could not be judged.
    Unknown = 2,
    /// The plan or the command line is wrong.
    Usage = 3,
    /// lastro itself failed.
    Internal = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The plan or the command line is wrong; the text is ready to print.
    #[error("{0}")]
    Usage(String),
    /// Something that is neither the user's plan nor the world's answer went wrong.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl Error {
    fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Internal(_) => Exit::Internal,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Internal(error.into())
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  every promise kept
  1  a promise broken at or above --fail-on
  2  nothing broken, but something could not be judged
  3  the plan or the command line is wrong
  4  lastro itself failed";

/// Audits whether infrastructure really backs the promises of a disaster-recovery plan.
///
/// lastro only reads. It never changes anything it looks at.
#[derive(Debug, Parser)]
#[command(name = "lastro", version, after_help = EXIT_CODES, max_term_width = 100, propagate_version = true)]
struct Cli {
    /// Say more on standard error: -v for what is read, -vv for each call.
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
    /// No progress, and no hints on standard error.
    #[arg(short, long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge every promise of a plan against what is really there.
    Audit(Box<audit::Args>),
    /// Say where code, state and live differ, and who moved.
    Drift(Box<drift::Args>),
    /// Read the live side once and keep it, to audit it offline as often as you like.
    Collect(collect::Args),
    /// Check, show or describe the plan language.
    #[command(subcommand)]
    Plan(plan::Command),
    /// List the rules.
    Rules(rules::Args),
    /// Explain one rule: what it checks, why, on what evidence, with which permissions.
    Explain(explain::Args),
    /// Print the least-privilege read-only IAM policy for exactly one plan.
    IamPolicy(iam_policy::Args),
}

/// The streams and habits of one run.
struct Session<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    /// Standard error is a terminal and nobody asked for quiet.
    chatty: bool,
    /// Standard output takes colours.
    colour: bool,
    /// Standard error takes colours.
    colour_errors: bool,
    /// Columns of standard output.
    width: usize,
    /// The environment is set up to reach AWS.
    aws: bool,
}

/// Parses the arguments, runs the command, and says with the exit code how it went.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let help = !error.use_stderr();
            drop(error.print());
            return if help { Exit::Kept } else { Exit::Usage };
        }
    };
    let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
    let environment = clock::Environment::read();
    log_to_stderr(cli.verbose, environment.colour(stderr.is_terminal()));
    let mut session = Session {
        chatty: !cli.quiet && stderr.is_terminal(),
        colour: environment.colour(stdout.is_terminal()),
        colour_errors: environment.colour(stderr.is_terminal()),
        width: environment.width(stdout.is_terminal()),
        aws: environment.aws(),
        out: &mut std::io::BufWriter::new(stdout.lock()),
        // Not locked: the progress line is drawn from a thread of its own, which would wait for the lock for ever.
        err: &mut std::io::stderr(),
    };
    let done = match cli.command {
        Command::Audit(args) => audit::run(&args, &mut session),
        Command::Drift(args) => drift::run(&args, &mut session),
        Command::Collect(args) => collect::run(&args, &mut session),
        Command::Plan(command) => plan::run(&command, &mut session),
        Command::Rules(args) => rules::run(&args, &mut session),
        Command::Explain(args) => explain::run(&args, &mut session),
        Command::IamPolicy(args) => iam_policy::run(&args, &mut session),
    };
    let flushed = session.out.flush();
    let done = done.and_then(|exit| match flushed {
        // What is not printed is still decided.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::from(error)),
        Ok(()) | Err(_) => Ok(exit),
    });
    match done {
        Ok(exit) => exit,
        Err(Error::Internal(error)) if is_broken_pipe(&error) => Exit::Kept,
        Err(error) => {
            drop(writeln!(session.err, "{}", describe(&error)));
            error.exit()
        }
    }
}

/// Whoever read our output has seen enough: `lastro rules | head`.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

fn describe(error: &Error) -> String {
    match error {
        Error::Usage(text) => text.trim_end().to_owned(),
        Error::Internal(error) => format!("error: {error:#}\nthis is a defect of lastro, or of the machine it runs on"),
    }
}

/// An error with its causes, in one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

fn log_to_stderr(verbose: u8, colour: bool) {
    let level = match verbose {
        0 => return,
        1 => tracing::Level::INFO,
        _ => tracing::Level::DEBUG,
    };
    // The SDK's own debug output carries request headers: only lastro's own events are let through.
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    let only_ours = tracing_subscriber::filter::Targets::new().with_target("lastro", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colour).without_time().with_target(false);
    drop(tracing_subscriber::registry().with(only_ours).with(lines).try_init());
}
