/** Bytes to lines and texts with a bound on memory: an agent's output may be larger than an isolate. */

const NEWLINE = 0x0a;

export function asciiBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * The lines of a stream that contain `mark`, decoded as UTF-8 (invalid bytes become U+FFFD). A line longer than
 * `maxLineBytes` is skipped; no more than one line is held at a time.
 */
export async function* lines(
  stream: ReadableStream<Uint8Array>,
  maxLineBytes: number,
  mark: Uint8Array,
): AsyncGenerator<string> {
  let held = new LineBuffer(maxLineBytes);
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      held.append(chunk.subarray(start, end));
      const line = held.textWith(mark);
      if (line !== null) yield line;
      held = new LineBuffer(maxLineBytes);
      start = end + 1;
    }
    held.append(chunk.subarray(start));
  }
  const line = held.textWith(mark);
  if (line !== null) yield line;
}

class LineBuffer {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  append(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes <= this.#maxBytes) this.#pieces.push(piece.slice());
    else this.#pieces = [];
  }

  textWith(mark: Uint8Array): string | null {
    if (this.#bytes > this.#maxBytes) return null;
    const bytes = joined(this.#pieces, this.#bytes);
    return contains(bytes, mark) ? new TextDecoder().decode(bytes) : null;
  }
}

export function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** Decoding and parsing only the lines that can matter keeps 50 MiB of events cheap. */
function contains(bytes: Uint8Array, mark: Uint8Array): boolean {
  const first = mark[0] ?? 0;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (mark.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}

export interface CappedText {
  text: string;
  isTruncated: boolean;
}

/** The first `maxBytes` bytes of a text, cut between characters. */
export function capped(text: string, maxBytes: number): CappedText {
  const buffer = new Uint8Array(maxBytes);
  const { read } = new TextEncoder().encodeInto(text, buffer);
  return read === text.length
    ? { text, isTruncated: false }
    : { text: text.slice(0, read), isTruncated: true };
}

/** The first `maxBytes` bytes of a stream as text; the rest is not read. */
export async function readCapped(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<CappedText> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (bytes > maxBytes) break;
  }
  if (bytes <= maxBytes) return { text: text + decoder.decode(), isTruncated: false };
  return { text: capped(text, maxBytes).text, isTruncated: true };
}
