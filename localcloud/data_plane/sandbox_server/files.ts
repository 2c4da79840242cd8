/** The file calls. */

import { createReadStream } from "node:fs";
import { access, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { fileError } from "./errors.ts";
import { realPath } from "./paths.ts";

export class Files {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async write(path: string, content: string, encoding: BufferEncoding): Promise<number> {
    const bytes = Buffer.from(content, encoding);
    return this.#at(path, async (real) => {
      await mkdir(dirname(real), { recursive: true });
      await writeFile(real, bytes);
      return bytes.length;
    });
  }

  read(path: string): Promise<Buffer> {
    return this.#at(path, (real) => readFile(real));
  }

  /** The size is taken first, so a file that grows meanwhile gives as many bytes as were promised. */
  open(path: string): Promise<{ size: number; content: ReadableStream<Uint8Array> }> {
    return this.#at(path, async (real) => {
      const { size } = await stat(real);
      const bytes = size === 0 ? Readable.from([]) : createReadStream(real, { end: size - 1 });
      return { size, content: Readable.toWeb(bytes) as ReadableStream<Uint8Array> };
    });
  }

  async exists(path: string): Promise<boolean> {
    return access(realPath(this.#root, path)).then(
      () => true,
      () => false,
    );
  }

  async makeFolder(path: string, isRecursive: boolean): Promise<void> {
    await this.#at(path, (real) => mkdir(real, { recursive: isRecursive }));
  }

  async #at<T>(path: string, action: (real: string) => Promise<T>): Promise<T> {
    try {
      return await action(realPath(this.#root, path));
    } catch (thrown) {
      throw fileError(thrown, path);
    }
  }
}
