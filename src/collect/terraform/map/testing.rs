//! Small states for mapper tests.

use super::{Object, Pieces, join, map};
use crate::collect::terraform::value::Value;
use crate::estate::{Locus, Noun, Resource, View, ViewEstate};

/// Maps objects `(type, name, attributes)` and joins them.
pub(crate) fn estate(objects: &[(&str, &str, &str)]) -> ViewEstate {
    let mut pieces = Pieces::default();
    for (resource_type, name, json) in objects {
        pieces_of(resource_type, name, json, false, &mut pieces);
    }
    let mut estate = ViewEstate::new(View::Recorded);
    let joined = join::join(vec![pieces]);
    joined.resources.into_iter().flatten().for_each(|resource| estate.add(resource));
    estate.sort();
    estate
}

/// Maps one object into pieces.
pub(crate) fn pieces_of(resource_type: &str, name: &str, json: &str, tainted: bool, pieces: &mut Pieces) {
    let attributes: Value = serde_json::from_str(json).unwrap();
    let address = format!("{resource_type}.{name}");
    let at = Locus::State { file: "test.tfstate".into(), address: address.as_str().into() };
    let provider = r#"provider["registry.terraform.io/hashicorp/aws"].dr"#;
    let object = Object { address: &address, resource_type, provider, tainted, attributes: &attributes, identity: None, at: &at };
    map(&object, pieces);
}

/// Maps one object to its one resource.
pub(crate) fn map_one(resource_type: &str, json: &str) -> Resource {
    let mut pieces = Pieces::default();
    pieces_of(resource_type, "x", json, false, &mut pieces);
    assert_eq!(pieces.resources.len(), 1);
    pieces.resources.remove(0)
}

/// The one noun of its kind.
pub(crate) fn only<N: Noun + Clone>(objects: &[(&str, &str, &str)]) -> N {
    let estate = estate(objects);
    let nouns: Vec<&N> = estate.all().collect();
    assert_eq!(nouns.len(), 1);
    nouns[0].clone()
}
