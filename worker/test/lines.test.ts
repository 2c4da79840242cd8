import fc from "fast-check";
import { expect, test } from "vitest";
import { asciiBytes, capped, lines, readCapped } from "../src/lines.ts";
import { cutAt, streamOf, utf8 } from "./support/streams.ts";

const MARK = "#";
const places = fc.array(fc.nat(), { maxLength: 20 });

async function split(chunks: Uint8Array[], maxLineBytes = 1_000_000, mark = MARK): Promise<string[]> {
  return Array.fromAsync(lines(streamOf(...chunks), maxLineBytes, asciiBytes(mark)));
}

test("splits_alike_wherever_the_chunks_are_cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "grapheme" })), places, async (texts, cuts) => {
      const marked = texts.map((text) => MARK + text);
      expect(await split(cutAt(utf8(marked.join("\n")), cuts))).toEqual(marked);
    }),
  );
});

test("yields_only_lines_with_the_mark", async () => {
  const bytes = utf8('{"type":"system"}\n{"type":"result"}\nresult\n');
  expect(await split([bytes], 1_000, '"result"')).toEqual(['{"type":"result"}']);
});

test("skips_a_line_that_is_too_long_and_goes_on", async () => {
  expect(await split([utf8(`${"#".repeat(11)}\n#short\n${"#".repeat(11)}`)], 10)).toEqual(["#short"]);
});

test("decodes_invalid_bytes_as_replacement_characters", async () => {
  expect(await split([new Uint8Array([0x23, 0xff, 0x62])])).toEqual(["#\ufffdb"]);
});

test("caps_a_text_to_whole_characters_within_the_bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(60), (text, maxBytes) => {
      const { text: kept, isTruncated } = capped(text, maxBytes);
      expect(text.startsWith(kept)).toBe(true);
      expect(utf8(kept).length).toBeLessThanOrEqual(maxBytes);
      expect(isTruncated).toBe(utf8(text).length > maxBytes);
    }),
  );
});

test("caps_a_stream_like_its_text_wherever_it_is_cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), places, fc.nat(60), async (text, cuts, maxBytes) => {
      const stream = streamOf(...cutAt(utf8(text), cuts));
      expect(await readCapped(stream, maxBytes)).toEqual(capped(text, maxBytes));
    }),
  );
});
