//! Files that want to hurt: nothing panics, nothing hangs, what is lost is told.

use proptest::prelude::*;

use super::*;

fn read_bytes(name: &str, bytes: &[u8]) -> Folder {
    let dir = write(&[]);
    fs::write(dir.path().join(name), bytes).expect("a file");
    folder(&mut Files::default(), dir.path(), ".").expect("a folder with code")
}

#[test]
fn deep_nesting_is_a_gap() {
    for (open, close) in [("[", "]"), ("(", ")"), ("{a=", "}"), ("\"${", "}\""), ("!", ""), ("f(", ")"), ("a ? b : ", "c")] {
        let text = format!("locals {{\n x = {}1{}\n}}\nvariable \"v\" {{}}\n", open.repeat(50_000), close.repeat(50_000));
        let folder = read_bytes("a.tf", text.as_bytes());
        assert_eq!((heads(&folder), folder.gaps.len()), (vec!["variable.v".to_owned()], 1), "{open}");
    }
    let text = format!("{{\"locals\": {{\"x\": {}1{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read_bytes("a.tf.json", text.as_bytes()).gaps.len(), 1);
    let blocks = format!("{}{}", "a {\n".repeat(50_000), "}\n".repeat(50_000));
    assert_eq!(read_bytes("a.tf", blocks.as_bytes()).gaps.len(), 1);
}

#[test]
fn many_broken_blocks_cost_no_more_than_many_good_ones() {
    let text = "resource \"a\" \"b\" {\n x = [\n".repeat(20_000);
    assert_eq!(read_bytes("a.tf", text.as_bytes()).gaps.len(), 20_000);
    let line = format!("locals {{\n x = <<EOT\n{}\nEOT\n y = = 1\n}}\n", "${a}".repeat(100_000));
    assert_eq!(read_bytes("a.tf", line.as_bytes()).gaps.len(), 1);
}

#[test]
fn an_object_that_would_take_hours_is_a_gap() {
    let entries: String = (0..50_000).map(|index| format!("k{index} = 1\n")).collect();
    let folder = read_bytes("a.tf", format!("locals {{\n x = {{\n{entries}}}\n}}\nvariable \"v\" {{}}\n").as_bytes());
    assert_eq!((heads(&folder), folder.gaps.len()), (vec!["variable.v".to_owned()], 1));
}

#[test]
fn a_file_that_is_too_large_is_a_gap() {
    let folder = read_bytes("a.tf", &vec![b'\n'; 5 * 1024 * 1024 + 1]);
    assert!(folder.gaps[0].message.contains("larger than"), "{:?}", folder.gaps);
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_are_gaps() {
    let dir = write(&[("b.tf", "variable \"v\" {}")]);
    for (link, target) in [("a.tf", "a.tf"), ("c.tf", "nothing"), ("d.tf", "/dev/zero")] {
        std::os::unix::fs::symlink(target, dir.path().join(link)).expect("a link");
    }
    let folder = folder(&mut Files::default(), dir.path(), ".").expect("a folder with code");
    assert_eq!((heads(&folder), folder.gaps.len()), (vec!["variable.v".to_owned()], 3));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), json in any::<bool>()) {
        let text = Text::new(0, bytes);
        parse(&text, "a", if json { Syntax::Json } else { Syntax::Native });
    }

    #[test]
    fn anything_that_looks_like_code_is_read_without_panic(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "a", " ", "\n", "=", "{", "}", "[", "]", "(", ")", "\"", "${", "%{ if a }", "%{ endif }", "~}", "$${", "<<EOT\n", "<<-EOT\n", "\nEOT\n",
                "EOT", "for a in b : ", "=>", "?", ":", ",", "#", "//", "/*", "*/", "é", "\0", "\\", "1", "...", ".*", "[*]", "\r\n", "resource \"a\" \"b\" {\n", "-", "!", "&&",
            ]),
            0..60,
        ),
    ) {
        let written: String = pieces.concat();
        parse(&Text::new(0, written.clone().into_bytes()), "a", Syntax::Native);
        let mended = mend::code(&written);
        prop_assert_eq!(mended.len(), written.len());
        let mended = mend::template(&written);
        prop_assert_eq!(mended.len(), written.len());
        let covered: usize = scan::Scanner::new(&written).map(|(_, range)| range.len()).sum();
        prop_assert_eq!(covered, written.len());
    }
}
