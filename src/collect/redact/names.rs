//! Which attributes hold secrets, by their names and by what is known of single resource types.

/// Words that make a name secret on their own.
const SECRET_WORDS: &[&str] = &[
    "credential",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "pwd",
    "secret",
    "secrets",
    "token",
    "tokens",
    "apikey",
];

/// Pairs of words that do.
const SECRET_PAIRS: &[(&str, &str)] = &[
    ("access", "key"),
    ("api", "key"),
    ("auth", "key"),
    ("encryption", "key"),
    ("master", "key"),
    ("preshared", "key"),
    ("private", "key"),
    ("shared", "key"),
    ("signing", "key"),
    ("ssh", "key"),
];

/// Last words that make a name speak *about* a secret: `secret_arn`, `password_wo_version`.
const ABOUT: &[&str] = &[
    "alias", "arn", "arns", "count", "date", "days", "enabled", "expiry", "id", "ids", "length", "lifetime", "name", "names", "path",
    "policy", "prefix", "region", "required", "rotation", "status", "type", "ttl", "uri", "url", "validity", "version",
];

/// Attributes of single resource types that hold secrets under a harmless name.
const BY_TYPE: &[(&str, &[&str])] = &[
    ("aws_elasticache_replication_group", &["auth_token"]),
    ("aws_iam_access_key", &["secret", "ses_smtp_password_v4", "encrypted_secret"]),
    ("aws_secretsmanager_secret_version", &["secret_string", "secret_binary"]),
    ("aws_ssm_parameter", &["value", "insecure_value", "value_wo"]),
    ("helm_release", &["values", "set_sensitive", "manifest", "metadata"]),
    ("kubernetes_secret", &["data", "binary_data"]),
    ("kubernetes_secret_v1", &["data", "binary_data"]),
    ("random_bytes", &["base64", "hex"]),
    ("random_password", &["result", "bcrypt_hash"]),
    ("tls_private_key", &["private_key_openssh", "private_key_pem", "private_key_pem_pkcs8"]),
    ("vault_generic_secret", &["data", "data_json"]),
];

/// Types whose other attributes carry secrets inside maps or JSON: they are looked through even when nothing is marked.
const CARRIERS: &[&str] = &[
    "aws_acm_certificate",
    "aws_cognito_user_pool_client",
    "aws_directory_service_directory",
    "aws_dms_endpoint",
    "aws_docdb_cluster",
    "aws_ecs_task_definition",
    "aws_eks_cluster_auth",
    "aws_lambda_function",
    "aws_mq_broker",
    "aws_redshift_cluster",
    "aws_vpn_connection",
];

/// Letters that every word and pair of a secret has one of: most names are ruled out by them.
const HINTS: &[&str] = &["cred", "key", "pass", "pwd", "secret", "token"];

/// Whether a name (attribute, environment variable, tag key, output) says that its value is a secret.
pub fn is_secret_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let holds = |hint: &&str| bytes.windows(hint.len()).any(|part| part.eq_ignore_ascii_case(hint.as_bytes()));
    if name.is_ascii() && !name.bytes().any(|byte| byte.is_ascii_digit()) && !HINTS.iter().any(holds) {
        return false;
    }
    let words = words(name);
    if words.last().is_some_and(|last| ABOUT.contains(&last.as_str())) {
        return false;
    }
    words.iter().any(|word| SECRET_WORDS.contains(&word.as_str()))
        || words.windows(2).any(|pair| SECRET_PAIRS.iter().any(|(a, b)| pair[0] == *a && pair[1] == *b))
}

/// `DB_PASSWORD`, `dbPassword`, `db-password` → `db`, `password`. Digits at the end of a word do not count.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            words.push(std::mem::take(&mut word));
        }
        lower = c.is_lowercase();
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// The attributes of a type that hold secrets whatever they are called.
pub(crate) fn secret_attributes(resource_type: &str) -> &'static [&'static str] {
    BY_TYPE.binary_search_by_key(&resource_type, |(name, _)| name).map_or(&[], |at| BY_TYPE[at].1)
}

/// Whether an object of a type that is not mapped must be looked through for secrets that others may repeat.
///
/// `marked` tells that the state lists sensitive attributes of its own (Terraform 0.14 and later); before that, only names tell.
pub(crate) fn may_hold_secrets(resource_type: &str, marked: bool, raw: &str) -> bool {
    let by_name =
        || ["passw", "secret", "token", "_key", "credential", "PASSW", "SECRET", "TOKEN", "_KEY"].iter().any(|hint| raw.contains(hint));
    !secret_attributes(resource_type).is_empty() || CARRIERS.binary_search(&resource_type).is_ok() || (!marked && by_name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_names_about_secrets() {
        for name in
            ["password", "master_password", "DB_PASSWORD", "dbPassword", "secret_string", "auth_token", "tunnel1_preshared_key", "apiKey"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in
            ["password_wo_version", "secret_arn", "master_user_secret_kms_key_id", "key_name", "engine", "kms_key", "tokenizer", "keys"]
        {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn tables_are_sorted() {
        assert!(BY_TYPE.is_sorted_by_key(|(name, _)| name));
        assert!(CARRIERS.is_sorted());
    }
}
