//! All functions, sorted by name.

use super::args::{Answer, Call, Stop, given};
use super::{
    collections, csv, encoding, files, format, hash, json, lookups, network, numbers, patterns, sets, strings, time, types, yaml,
    yaml_write,
};
use crate::collect::terraform::hcl::value::ValKind;

/// No upper limit.
const ANY: usize = usize::MAX;

/// How a function treats arguments that are null, not known or sensitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// No argument may be null; one that is not known makes the answer so; one that is sensitive anywhere makes the answer so.
    Plain,
    /// The function looks itself at what is null or not known; one that is sensitive anywhere makes the answer so.
    Lazy,
    /// The same, and elements keep their own marks: only an argument that is sensitive as a whole makes the answer so.
    Parts,
    /// The function is about marks.
    Marks,
}

/// A function.
pub(super) struct Function {
    pub(super) name: &'static str,
    least: usize,
    most: usize,
    pub(super) style: Style,
    run: Run,
}

enum Run {
    Pure(fn(&Call<'_>) -> Answer),
    /// Depends on time, chance, a key or a compressor.
    Impure,
}

impl Function {
    /// What is wrong with this number of arguments.
    pub(super) fn wrong_count(&self, count: usize) -> Option<String> {
        let (name, least, most) = (self.name, self.least, self.most);
        let s = |n: usize| if n == 1 { "" } else { "s" };
        if count < least {
            Some(format!("`{name}` needs at least {least} argument{}, {count} given", s(least)))
        } else if count > most {
            Some(format!("`{name}` takes at most {most} argument{}, {count} given", s(most)))
        } else {
            None
        }
    }

    pub(super) fn run(&self, call: &Call<'_>) -> Answer {
        let run = match self.run {
            Run::Pure(run) => run,
            Run::Impure => return Err(types::impure(self.name)),
        };
        if self.style == Style::Plain {
            // An error beside something that is not known is an error still.
            for argument in call.arguments.iter().filter(|argument| argument.is_null()) {
                given(argument)?;
            }
            if let Some(unknown) = call.arguments.iter().find_map(|argument| match &argument.kind {
                ValKind::Unknown(unknown) => Some(unknown.clone()),
                _ => None,
            }) {
                return Err(Stop::Unknown(unknown));
            }
        }
        run(call)
    }
}

const fn plain(name: &'static str, least: usize, most: usize, run: fn(&Call<'_>) -> Answer) -> Function {
    Function { name, least, most, style: Style::Plain, run: Run::Pure(run) }
}

const fn lazy(name: &'static str, least: usize, most: usize, run: fn(&Call<'_>) -> Answer) -> Function {
    Function { name, least, most, style: Style::Lazy, run: Run::Pure(run) }
}

const fn parts(name: &'static str, least: usize, most: usize, run: fn(&Call<'_>) -> Answer) -> Function {
    Function { name, least, most, style: Style::Parts, run: Run::Pure(run) }
}

const fn marks(name: &'static str, run: fn(&Call<'_>) -> Answer) -> Function {
    Function { name, least: 1, most: 1, style: Style::Marks, run: Run::Pure(run) }
}

const fn impure(name: &'static str, least: usize, most: usize) -> Function {
    Function { name, least, most, style: Style::Plain, run: Run::Impure }
}

pub(super) static REGISTRY: &[Function] = &[
    plain("abs", 1, 1, numbers::abs),
    plain("abspath", 1, 1, files::abspath),
    plain("alltrue", 1, 1, lookups::alltrue),
    plain("anytrue", 1, 1, lookups::anytrue),
    plain("base64decode", 1, 1, encoding::base64decode),
    plain("base64encode", 1, 1, encoding::base64encode),
    impure("base64gzip", 1, 1),
    plain("base64sha256", 1, 1, hash::base64sha256),
    plain("base64sha512", 1, 1, hash::base64sha512),
    plain("basename", 1, 1, files::basename),
    impure("bcrypt", 1, 2),
    plain("ceil", 1, 1, numbers::ceil),
    plain("chomp", 1, 1, strings::chomp),
    parts("chunklist", 2, 2, collections::chunklist),
    plain("cidrhost", 2, 2, network::cidrhost),
    plain("cidrnetmask", 1, 1, network::cidrnetmask),
    plain("cidrsubnet", 3, 3, network::cidrsubnet),
    plain("cidrsubnets", 1, ANY, network::cidrsubnets),
    parts("coalesce", 1, ANY, lookups::coalesce),
    lazy("coalescelist", 1, ANY, lookups::coalescelist),
    plain("compact", 1, 1, collections::compact),
    parts("concat", 1, ANY, collections::concat),
    lazy("contains", 2, 2, lookups::contains),
    plain("csvdecode", 1, 1, csv::csvdecode),
    plain("dirname", 1, 1, files::dirname),
    plain("distinct", 1, 1, collections::distinct),
    parts("element", 2, 2, lookups::element),
    plain("endswith", 2, 2, strings::endswith),
    marks("ephemeralasnull", types::ephemeralasnull),
    plain("file", 1, 1, files::file),
    plain("filebase64", 1, 1, files::filebase64),
    plain("filebase64sha256", 1, 1, hash::filebase64sha256),
    plain("filebase64sha512", 1, 1, hash::filebase64sha512),
    plain("fileexists", 1, 1, files::fileexists),
    plain("filemd5", 1, 1, hash::filemd5),
    plain("fileset", 2, 2, files::fileset),
    plain("filesha1", 1, 1, hash::filesha1),
    plain("filesha256", 1, 1, hash::filesha256),
    plain("filesha512", 1, 1, hash::filesha512),
    parts("flatten", 1, 1, collections::flatten),
    plain("floor", 1, 1, numbers::floor),
    lazy("format", 1, ANY, format::format),
    plain("formatdate", 2, 2, time::formatdate),
    lazy("formatlist", 1, ANY, format::formatlist),
    plain("indent", 2, 2, strings::indent),
    lazy("index", 2, 2, lookups::index),
    marks("issensitive", types::issensitive),
    plain("join", 2, ANY, strings::join),
    plain("jsondecode", 1, 1, json::jsondecode),
    lazy("jsonencode", 1, 1, json::jsonencode),
    parts("keys", 1, 1, lookups::keys),
    parts("length", 1, 1, lookups::length),
    plain("log", 2, 2, numbers::log),
    parts("lookup", 2, 3, lookups::lookup),
    plain("lower", 1, 1, strings::lower),
    plain("matchkeys", 3, 3, collections::matchkeys),
    plain("max", 1, ANY, numbers::max),
    plain("md5", 1, 1, hash::md5),
    parts("merge", 0, ANY, collections::merge),
    plain("min", 1, ANY, numbers::min),
    marks("nonsensitive", types::nonsensitive),
    parts("one", 1, 1, lookups::one),
    plain("parseint", 2, 2, numbers::parseint),
    plain("pathexpand", 1, 1, files::pathexpand),
    impure("plantimestamp", 0, 0),
    plain("pow", 2, 2, numbers::pow),
    plain("range", 1, 3, collections::range),
    plain("regex", 2, 2, patterns::regex),
    plain("regexall", 2, 2, patterns::regexall),
    plain("replace", 3, 3, patterns::replace),
    parts("reverse", 1, 1, collections::reverse),
    impure("rsadecrypt", 2, 2),
    marks("sensitive", types::sensitive),
    plain("setintersection", 1, ANY, sets::setintersection),
    parts("setproduct", 0, ANY, sets::setproduct),
    plain("setsubtract", 2, 2, sets::setsubtract),
    plain("setunion", 1, ANY, sets::setunion),
    plain("sha1", 1, 1, hash::sha1),
    plain("sha256", 1, 1, hash::sha256),
    plain("sha512", 1, 1, hash::sha512),
    plain("signum", 1, 1, numbers::signum),
    parts("slice", 3, 3, collections::slice),
    plain("sort", 1, 1, collections::sort),
    plain("split", 2, 2, strings::split),
    plain("startswith", 2, 2, strings::startswith),
    plain("strcontains", 2, 2, strings::strcontains),
    plain("strrev", 1, 1, strings::strrev),
    plain("substr", 3, 3, strings::substr),
    plain("sum", 1, 1, numbers::sum),
    lazy("templatefile", 2, 2, files::templatefile),
    lazy("templatestring", 2, 2, strings::templatestring),
    plain("textdecodebase64", 2, 2, encoding::textdecodebase64),
    plain("textencodebase64", 2, 2, encoding::textencodebase64),
    plain("timeadd", 2, 2, time::timeadd),
    plain("timecmp", 2, 2, time::timecmp),
    impure("timestamp", 0, 0),
    plain("title", 1, 1, strings::title),
    parts("tobool", 1, 1, types::tobool),
    parts("tolist", 1, 1, types::tolist),
    parts("tomap", 1, 1, types::tomap),
    parts("tonumber", 1, 1, types::tonumber),
    parts("toset", 1, 1, types::toset),
    parts("tostring", 1, 1, types::tostring),
    plain("transpose", 1, 1, collections::transpose),
    plain("trim", 2, 2, strings::trim),
    plain("trimprefix", 2, 2, strings::trimprefix),
    plain("trimspace", 1, 1, strings::trimspace),
    plain("trimsuffix", 2, 2, strings::trimsuffix),
    plain("upper", 1, 1, strings::upper),
    plain("urlencode", 1, 1, encoding::urlencode),
    impure("uuid", 0, 0),
    plain("uuidv5", 2, 2, hash::uuidv5),
    parts("values", 1, 1, lookups::values),
    plain("yamldecode", 1, 1, yaml::yamldecode),
    lazy("yamlencode", 1, 1, yaml_write::yamlencode),
    parts("zipmap", 2, 2, collections::zipmap),
];
