/** An R2 bucket in memory. */

export class Bucket {
  readonly objects = new Map<string, string>();
  isDown = false;

  async put(key: string, value: BodyInit, { onlyIf }: { onlyIf?: Headers } = {}): Promise<object | null> {
    this.#answer();
    const text = await new Response(value).text();
    if (onlyIf?.get("If-None-Match") === "*" && this.objects.has(key)) return null;
    this.objects.set(key, text);
    return {};
  }

  async get(key: string): Promise<{ text(): Promise<string>; httpEtag: string } | null> {
    this.#answer();
    const text = this.objects.get(key);
    return text === undefined ? null : { text: async () => text, httpEtag: `"${text.length}"` };
  }

  async head(key: string): Promise<object | null> {
    return this.get(key);
  }

  async delete(keys: string[]): Promise<void> {
    this.#answer();
    for (const key of keys) this.objects.delete(key);
  }

  #answer(): void {
    if (this.isDown) throw new Error("scripted: the bucket is down (10001)");
  }
}
