use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;

type Plain = (Option<Vec<u8>>, Option<Vec<u8>>, Headers);

fn block(records: &[Plain], first: Offset, written_ms: i64) -> Vec<u8> {
    let mut builder = Builder::default();
    for (key, value, headers) in records {
        builder.push(key.as_deref(), value.as_deref(), headers);
    }
    let mut frame = builder.seal(&mut Packer::new());
    assert!(builder.is_empty(), "a sealed builder is empty again");
    frame.stamped(first, written_ms).to_vec()
}

fn any_record() -> impl Strategy<Value = Plain> {
    let headers = vec((".{0,12}", vec(any::<u8>(), 0..40)), 0..4).prop_map(Headers);
    let key = option::of(vec(any::<u8>(), 0..40));
    // Runs of one byte pack, random bytes do not: both forms of payload are met.
    let value = prop_oneof![
        vec(any::<u8>(), 0..400),
        (any::<u8>(), 0_usize..9_000).prop_map(|(byte, length)| vec![byte; length]),
    ];
    (key, option::of(value), headers)
}

proptest! {
    #[test]
    fn records_come_back_as_they_went_in(
        records in vec(any_record(), 1..20),
        first in 0..u64::MAX / 2,
        written_ms in 0..4_000_000_000_000_i64,
    ) {
        let decoded = decode(&block(&records, first, written_ms)).expect("whole");
        prop_assert_eq!(decoded.len(), records.len());
        for (index, (stored, (key, value, headers))) in decoded.iter().zip(&records).enumerate() {
            prop_assert_eq!(stored.offset, first + index as u64);
            prop_assert_eq!(stored.written_at.as_millisecond(), written_ms);
            prop_assert_eq!(&stored.key, key);
            prop_assert_eq!(&stored.value, value);
            prop_assert_eq!(&stored.headers, headers);
        }
    }

    #[test]
    fn any_flipped_bit_is_noticed(records in vec(any_record(), 1..4), place in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = block(&records, 7, 1_000);
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        prop_assert!(decode(&bytes).is_err(), "bit {} of byte {}", bit, place);
    }

    #[test]
    fn any_cut_is_noticed(records in vec(any_record(), 1..4), place in any::<prop::sample::Index>()) {
        let bytes = block(&records, 7, 1_000);
        prop_assert!(decode(&bytes[..place.index(bytes.len())]).is_err());
    }

    /// Bytes that pass both checksums and are nonsense all the same: the parser behind them must hold.
    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in vec(any::<u8>(), 0..300),
        raw in 0..u32::MAX,
        count in any::<u32>(),
        first in any::<u64>(),
        written_ms in any::<i64>(),
        packed in any::<bool>(),
    ) {
        let _ = decode(&bytes);
        let _ = decode_headers(&bytes);
        let mut forged = vec![0; HEADER];
        forged[0..4].copy_from_slice(&MAGIC);
        forged[8..12].copy_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        forged[12..16].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
        forged[16..20].copy_from_slice(&(raw % (1 << 20)).to_le_bytes());
        forged[20..24].copy_from_slice(&count.to_le_bytes());
        forged[40] = u8::from(packed);
        forged.extend_from_slice(&bytes);
        let mut forged = Frame { bytes: forged, count };
        let _ = decode(forged.stamped(first, written_ms));
    }

    #[test]
    fn headers_come_back_as_they_went_in(headers in vec((".{0,12}", vec(any::<u8>(), 0..40)), 0..6)) {
        let headers = Headers(headers);
        prop_assert_eq!(decode_headers(&encode_headers(&headers)), Ok(headers));
    }
}

#[test]
fn a_payload_that_does_not_shrink_stays_plain() {
    let noise: Vec<u8> = (0..4_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .map(|byte| byte ^ 0x5a)
        .collect();
    let plain = block(&[(None, Some(vec![1]), Headers::new())], 0, 0);
    assert_eq!(plain[40], 0);
    let packed = block(&[(None, Some(vec![1; 4_000]), Headers::new())], 0, 0);
    assert_eq!(packed[40], 1);
    assert!(packed.len() < 200);
    let noisy = block(&[(None, Some(noise.clone()), Headers::new())], 0, 0);
    assert!(
        noisy.len() <= HEADER + noise.len() + 8,
        "never longer than plain"
    );
}
