//! Terraform: state files, `show -json` documents; code comes with a later version.
