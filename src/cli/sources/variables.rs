//! Values of Terraform variables on the command line, in the order in which they were given.

use std::path::PathBuf;

use clap::error::Error;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, value_parser};

use crate::collect::terraform::hcl::expand::Given;

/// `--var`, `--var-file`, `--env-vars`, `--workspace`.
#[derive(Clone, Debug, Default)]
pub(crate) struct VariableArgs {
    /// Values and files of values, the last one wins.
    pub(super) given: Vec<Given>,
    /// `TF_VAR_…` counts too.
    pub(super) environment: bool,
    /// The workspace.
    pub(super) workspace: Option<String>,
}

impl clap::Args for VariableArgs {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new("var")
                    .long("var")
                    .value_name("NAME=VALUE")
                    .action(ArgAction::Append)
                    .value_parser(variable)
                    .help("Value of a Terraform variable; may be given more than once, and --var-file too: the last one wins"),
            )
            .arg(
                Arg::new("var_file")
                    .long("var-file")
                    .value_name("FILE")
                    .action(ArgAction::Append)
                    .value_parser(value_parser!(PathBuf))
                    .help("File of Terraform variables, as `terraform plan -var-file` takes it"),
            )
            .arg(
                Arg::new("env_vars")
                    .long("env-vars")
                    .action(ArgAction::SetTrue)
                    .help("Use the Terraform variables of the environment (`TF_VAR_…`) too"),
            )
            .arg(
                Arg::new("workspace")
                    .long("workspace")
                    .value_name("NAME")
                    .help("The Terraform workspace; else the one that is selected in the folder"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for VariableArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut args = Self::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        let mut given: Vec<(usize, Given)> = placed::<Given>(matches, "var").map(|(at, given)| (at, given.clone())).collect();
        given.extend(placed::<PathBuf>(matches, "var_file").map(|(at, path)| (at, Given::File(path.clone()))));
        given.sort_by_key(|(at, _)| *at);
        self.given = given.into_iter().map(|(_, given)| given).collect();
        self.environment = matches.get_flag("env_vars");
        self.workspace = matches.get_one::<String>("workspace").cloned();
        Ok(())
    }
}

/// The values of an option with their places on the command line.
fn placed<'a, T: Clone + Send + Sync + 'static>(matches: &'a ArgMatches, id: &str) -> impl Iterator<Item = (usize, &'a T)> {
    let places = matches.indices_of(id).into_iter().flatten();
    places.zip(matches.get_many::<T>(id).into_iter().flatten())
}

fn variable(text: &str) -> Result<Given, String> {
    match text.split_once('=') {
        Some((name, text)) if !name.trim().is_empty() => Ok(Given::Variable { name: name.trim().to_owned(), text: text.to_owned() }),
        _ => Err("write it as NAME=VALUE, like --var retention=14".to_owned()),
    }
}
