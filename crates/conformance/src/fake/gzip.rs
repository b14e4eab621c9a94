//! A gzip bomb made by hand: one fixed-Huffman block of "repeat the last byte 258 times".

/// A gzip stream that unfolds to about `length` spaces, 158 times its own size.
pub(super) fn bomb(length: usize) -> Vec<u8> {
    // Header: magic, deflate, no flags, no time, no extra flags, unknown system.
    let mut stream = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut bits = Bits::default();
    bits.push(1, 1); // last block
    bits.push(1, 2); // fixed Huffman codes
    bits.push_code(0x30 + 0x20, 8); // the literal space
    for _ in 0..length / 258 {
        bits.push_code(0b1100_0101, 8); // length 258
        bits.push_code(0, 5); // distance 1
    }
    bits.push_code(0, 7); // end of block
    stream.append(&mut bits.finish());
    // Checksum and length are not filled in: whoever reads this far has been bombed already.
    stream.extend([0; 8]);
    stream
}

/// Deflate's bit order: values start at their least significant bit, Huffman codes at their most significant.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(value >> bit & 1 == 1) << (self.used % 8);
            }
            self.used += 1;
        }
    }

    fn push_code(&mut self, code: u32, length: u32) {
        self.push(code.reverse_bits() >> (32 - length), length);
    }

    fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
