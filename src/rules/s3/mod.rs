//! Rules of the domain `s3`.
