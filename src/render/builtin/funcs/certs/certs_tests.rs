use super::super::calling::{call, text, with_exec};
use super::*;

/// Keys that were made for these tests, and are good for nothing else.
const P256: &str = "\
    -----BEGIN EC PRIVATE KEY-----\n\
    MHcCAQEEIAyeltOLehRcvlL6F6nuLbAXHWqTSOe92HZpxGqsOgZgoAoGCCqGSM49\n\
    AwEHoUQDQgAEHhK4bpBHT0Zbbpjl8bKJUeECYUdqNyvyLKeDIaxM+Wo4oHJu8phh\n\
    0HL2d6cQquHMdr6WU6W6fXg8VchERoyOzw==\n\
    -----END EC PRIVATE KEY-----\n";
const P384: &str = "\
    -----BEGIN EC PRIVATE KEY-----\n\
    MIGkAgEBBDBnzKW35kxX3mpbqLPy2GyIMCAr6prC24AbuM5qGCdaDDFO17z0rFak\n\
    mKfRowhw+TGgBwYFK4EEACKhZANiAASOn1ZjG10GhOFTGjis6+PbfGTKc52TB78d\n\
    QrBlBFPLugiXChTzugNlbDMMQlsAfFO8lApmoWG9uZTtEAJ3s/pThDJ2qq/+U2wP\n\
    +NM6CzZ9CPJAxiSbWASeVnXRawUXEck=\n\
    -----END EC PRIVATE KEY-----\n";
const ED25519: &str = "\
    -----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIEaG0lIEMUp0wa6KqhZ74OJvd6gB9GH1/4eprkJy0P+g\n\
    -----END PRIVATE KEY-----\n";

fn certificate(value: &Value) -> (String, String) {
    let Kind::Object(object) = &value.kind else { panic!("an object") };
    let part = |name: &str| object.field(name).and_then(|part| part.as_str().map(|text| text.text().into_owned()));
    (part("Cert").expect("a certificate"), part("Key").expect("a key"))
}

fn contains(pem: &str, bytes: &[u8]) -> bool {
    let der = pem::decode(pem.as_bytes()).expect("a block").bytes;
    der.windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn keys_are_read_and_written_as_they_are() {
    for key in [P256, P384, ED25519] {
        let read = PrivateKey::from_pem(key.as_bytes()).expect("a key");
        assert_eq!(read.to_pem(), key);
    }
    for (kind, label) in [("ecdsa", "EC PRIVATE KEY"), ("ed25519", "PRIVATE KEY")] {
        let key = text(FUNCS, "genPrivateKey", &[kind.into()]).expect("a key");
        assert!(key.starts_with(&format!("-----BEGIN {label}-----\n")), "{key}");
        assert_eq!(PrivateKey::from_pem(key.as_bytes()).map(|read| read.to_pem()), Ok(key));
    }
    assert_eq!(text(FUNCS, "genPrivateKey", &["odd".into()]), Ok("Unknown type odd".into()));
}

#[test]
fn the_same_seed_gives_the_same_certificate_and_one_rendering_different_keys() {
    let make = || call(FUNCS, "genCA", &["ca".into(), Value::int(1)]).expect("a certificate");
    let first = certificate(&make());
    assert_eq!(first, certificate(&make()));
    assert!(first.1.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    let keys = with_exec(|exec| [0; 2].map(|_| new_key(exec).expect("a key").to_pem()));
    assert_eq!(keys[0], first.1);
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn an_authority_signs_what_it_is_asked_to() {
    for (ca_key, key) in [(P256, ED25519), (P384, P256), (ED25519, P384)] {
        with_exec(|exec| {
            let run = |exec: &mut Exec<'_>, name: &str, args: &[Value]| {
                let func = FUNCS.iter().find(|func| func.name == name).expect("a function");
                (func.call)(exec, args).map_err(|error| error.message)
            };
            let ca = run(exec, "genCAWithKey", &["my-ca".into(), Value::int(365), ca_key.into()]).expect("a certificate");
            let ips = Value::list(vec!["10.0.0.1".into(), "::1".into()]);
            let names = Value::list(vec!["*.example.com".into()]);
            let args = ["a*b".into(), ips, names, Value::int(10), ca.clone(), key.into()];
            let (cert, written) = certificate(&run(exec, "genSignedCertWithKey", &args).expect("a certificate"));
            assert_eq!(written, key);
            // names of issuer and subject, the latter not printable; alternative names; the days
            for part in [
                &b"\x13\x05my-ca"[..],
                b"\x0c\x03a*b",
                b"\x82\x0d*.example.com",
                b"\x87\x04\x0a\x00\x00\x01",
                b"\x17\x0d240310123456Z",
                b"\x30\x00",
            ] {
                assert!(contains(&cert, part), "{part:?}");
            }
            let (ca, _) = certificate(&ca);
            let id = contains(&ca, SUBJECT_KEY_ID) && contains(&cert, AUTHORITY_KEY_ID) && !contains(&cert, SUBJECT_KEY_ID);
            assert!(id && !contains(&ca, AUTHORITY_KEY_ID));
        });
    }
}

const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];

#[test]
fn what_can_not_be_certified_is_refused_in_sprigs_words() {
    let (none, key) = (|| Value::list(Vec::new()), || P256.into());
    let make = |name: &str, ips: Value, names: Value, key: Value| {
        text(FUNCS, "genSelfSignedCertWithKey", &[name.into(), ips, names, Value::int(1), key])
    };
    let table = [
        (make("a", Value::list(vec!["1.2.3".into()]), none(), key()), "error parsing ip: 1.2.3"),
        (make("a", Value::list(vec![Value::int(1)]), none(), key()), "error parsing ip: 1 is not a string"),
        (make("a", none(), Value::list(vec![true.into()]), key()), "error processing alternate dns name: true is not a string"),
        (
            make("a", none(), Value::list(vec!["é".into()]), key()),
            "error creating certificate: x509: \"é\" cannot be encoded as an IA5String",
        ),
        (make("a", none(), none(), "x".into()), "parsing private key: no PEM data in input"),
        (
            make("a", none(), none(), pem::encode("CERTIFICATE", b"").into()),
            "parsing private key: no private key data in PEM block of type CERTIFICATE",
        ),
        (text(FUNCS, "buildCustomCert", &["?".into(), "".into()]), "unable to decode base64 certificate"),
        (text(FUNCS, "buildCustomCert", &["".into(), "?".into()]), "unable to decode base64 private key"),
        (text(FUNCS, "buildCustomCert", &["".into(), "".into()]), "unable to decode certificate"),
    ];
    for (result, message) in table {
        assert_eq!(result, Err(message.into()));
    }
}

#[test]
fn a_key_of_another_certificate_does_not_sign() {
    let ca = call(FUNCS, "genCAWithKey", &["ca".into(), Value::int(1), P256.into()]).expect("a certificate");
    let (cert, _) = certificate(&ca);
    let mixed: Value = Certificate { cert: cert.into_bytes(), key: P384.as_bytes().to_vec() }.into();
    let none = || Value::list(Vec::new());
    let args = ["a".into(), none(), none(), Value::int(1), mixed, P256.into()];
    let message = "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey";
    assert_eq!(text(FUNCS, "genSignedCertWithKey", &args), Err(message.into()));
}

#[test]
fn a_certificate_and_its_key_are_taken_as_they_are() {
    let ca = call(FUNCS, "genCAWithKey", &["ca".into(), Value::int(1), P256.into()]).expect("a certificate");
    let (cert, key) = certificate(&ca);
    let encode = |text: &str| call(super::super::encoding::FUNCS, "b64enc", &[text.into()]).expect("a text");
    let custom = call(FUNCS, "buildCustomCert", &[encode(&cert), encode(&key)]).expect("a certificate");
    assert_eq!(certificate(&custom), (cert.clone(), key.clone()));
    let Kind::Object(object) = &custom.kind else { panic!("an object") };
    assert_eq!(object.string(), Some(format!("{{{cert} {key}}}").into_bytes()));
}
