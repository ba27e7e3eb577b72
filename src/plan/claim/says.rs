//! What each claim promises, in words that follow "the plan promises …".

use std::collections::BTreeSet;
use std::fmt;

use super::*;

macro_rules! says {
    ($($name:ident: |$claim:ident, $f:ident| $body:expr;)+) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $claim = self;
                $body
            }
        })+
    };
}

says! {
    Versions: |_c, f| f.write_str("versioning enabled");
    Archive: |c, f| {
        let classes: Vec<_> = c.classes.iter().map(String::as_str).collect();
        write!(f, "{} objects move to {} {} {}", whole_or_prefix(&c.prefix), classes.join(" or "), if c.or_earlier { "within" } else { "after" }, c.after)
    };
    Replication: |c, f| {
        write!(f, "{} objects replicated to {}", whole_or_prefix(&c.prefix), join(&c.to_regions, " or "))?;
        if let Some(bucket) = &c.to_bucket { write!(f, ", bucket {bucket}")?; }
        if let Some(account) = &c.to_account { write!(f, ", account {account}")?; }
        match c.delete_markers {
            Some(true) => f.write_str(", delete markers too")?,
            Some(false) => f.write_str(", without delete markers")?,
            None => {}
        }
        if let Some(within) = c.within { write!(f, ", within {within}")?; }
        Ok(())
    };
    BucketEncryption: |c, f| f.write_str(if c.kms { "encrypted with a KMS key" } else { "encrypted" });
    PublicAccessBlocked: |_c, f| f.write_str("public access blocked");
    ObjectLocked: |c, f| {
        write!(f, "objects locked in {} mode", if c.compliance { "compliance" } else { "any" })?;
        if let Some(keep) = c.keep { write!(f, " for {keep}")?; }
        Ok(())
    };
    BackupRetention: |c, f| if c.or_by.is_empty() { write!(f, "automated backups kept for {}", c.keep) } else { write!(f, "backups kept for {}", c.keep) };
    Restorable: |c, f| {
        match c.latest_within {
            Some(within) => write!(f, "restorable to a point at most {within} old")?,
            None => f.write_str("a backup to restore from")?,
        }
        if let Some(back) = c.reaches_back { write!(f, ", reaching back {back}")?; }
        Ok(())
    };
    ManualSnapshot: |c, f| write!(f, "a manual snapshot at most {} old", c.at_most_old);
    MultiAz: |_c, f| f.write_str("a synchronous standby in another zone");
    DatabaseEncryption: |_c, f| f.write_str("storage encrypted");
    DeletionProtection: |_c, f| f.write_str("deletion protection on");
    Replica: |c, f| {
        write!(f, "at least {} in ", number(c.at_least, "available read replica"))?;
        if c.in_regions.is_empty() { f.write_str("another zone") } else { f.write_str(&join(&c.in_regions, " or ")) }
    };
    ZoneSpread: |c, f| write!(f, "at least {}", number(c.at_least, "availability zone"));
    NodeReplacement: |_c, f| f.write_str("failed nodes replaced automatically");
    WafRules: |c, f| {
        let mut parts: Vec<String> = c.managed_groups.iter().cloned().collect();
        if let Some(block) = c.default_block { parts.push(format!("default action {}", if block { "block" } else { "allow" })); }
        if let Some(limit) = c.rate_limit_at_most { parts.push(format!("a rate limit of at most {limit} per 5 minutes")); }
        write!(f, "a web ACL with {}", parts.join(", "))
    };
    WafAssociation: |c, f| f.write_str(match c.protects {
        WafTarget::AnyLoadBalancer => "a web ACL in front of a load balancer",
        WafTarget::EveryLoadBalancer => "a web ACL in front of every load balancer",
        WafTarget::EveryDistribution => "a web ACL in front of every distribution",
    });
    WafAddress: |c, f| write!(f, "{} in Terraform, and live", c.address);
    Exposure: |c, f| {
        let names: BTreeSet<_> = c.closed.iter().map(|(name, _)| name.as_str()).collect();
        write!(f, "{} ports closed to the world", list(&names.into_iter().collect::<Vec<_>>()))
    };
    SubnetAcl: |_c, f| f.write_str("a network ACL on every subnet");
    DnsFailover: |c, f| {
        f.write_str("DNS failover")?;
        if c.health_check { f.write_str(" decided by a health check")?; }
        if let Some(ttl) = c.ttl_at_most { write!(f, ", TTL at most {ttl}")?; }
        Ok(())
    };
    AddressExists: |c, f| write!(f, "{} in Terraform code and state", c.address);
    StateElsewhere: |_c, f| f.write_str("a Terraform state that outlives the primary region");
    StateEncrypted: |_c, f| f.write_str("the Terraform state encrypted");
    StateLocked: |_c, f| f.write_str("the Terraform state locked while it is written");
    StateReplicated: |c, f| {
        let to = if c.to_regions.is_empty() { "another region".to_owned() } else { join(&c.to_regions, " or ") };
        write!(f, "the Terraform state replicated to {to}")
    };
    StateVersioned: |_c, f| f.write_str("older versions of the Terraform state kept");
    Owner: |c, f| write!(f, "an owner of {}", c.role);
    Review: |c, f| match c.every {
        Some(every) => write!(f, "the document reviewed every {every}"),
        None => f.write_str("the document reviewed regularly"),
    };
}

fn whole_or_prefix(prefix: &str) -> String {
    if prefix.is_empty() { "all".to_owned() } else { format!("{prefix}*") }
}

/// `1 zone`, `2 zones`.
fn number(number: u32, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// `a`, `a and b`, `a, b and c`.
fn list(items: &[&str]) -> String {
    match items.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn join(items: &[Region], between: &str) -> String {
    items.iter().map(Region::as_str).collect::<Vec<_>>().join(between)
}
