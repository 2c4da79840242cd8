/** The bucket of results: `tasks/<taskId>/result.json`, written once, beside it the run's raw output. */

import { ProblemError } from "./errors.ts";
import type { Outcome } from "./outcome.ts";
import type { RunFile, RunOutput } from "./runner.ts";

/** The stored document, and the body of `GET /tasks/{id}/result`: the seed's keys first, then ours. */
export interface StoredResult {
  taskId: string;
  success: boolean;
  stdout: string;
  stderr: string;
  output: string;
  /** When the run ended, ISO 8601 in UTC with milliseconds. */
  timestamp: string;
  status: Outcome["status"];
  code: Outcome["code"];
  truncated: boolean;
  execution_time_ms: number;
  cost_usd: number | null;
  num_turns: number | null;
  permission_denials: string[];
  session_id: string | null;
  attempts: number;
}

const FILE_NAMES: Readonly<Record<RunFile, string>> = { events: "events.jsonl", stderr: "stderr.txt" };
const CREATE_ONLY = new Headers({ "If-None-Match": "*" });

const resultKey = (taskId: string): string => `tasks/${taskId}/result.json`;
const fileKey = (taskId: string, file: RunFile): string => `tasks/${taskId}/${FILE_NAMES[file]}`;

/** What was read, with the entity tag for the answer. */
export interface ReadResult {
  json: string;
  etag: string;
}

export interface Results {
  /** Writes the result unless one is there already. Tells whether the bucket holds this very one. */
  create(result: StoredResult): Promise<boolean>;
  putFile(taskId: string, file: RunFile, output: RunOutput): Promise<void>;
  /** @throws ProblemError STORAGE_UNAVAILABLE where the bucket can't tell; null where there is no result. */
  read(taskId: string): Promise<ReadResult | null>;
  delete(taskId: string): Promise<void>;
}

export class BucketResults implements Results {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async create(result: StoredResult): Promise<boolean> {
    const json = JSON.stringify(result);
    const httpMetadata = { contentType: "application/json" };
    const put = await this.#bucket.put(resultKey(result.taskId), json, { onlyIf: CREATE_ONLY, httpMetadata });
    return put !== null || (await this.read(result.taskId))?.json === json;
  }

  /** R2 takes a stream of known length only. */
  async putFile(taskId: string, file: RunFile, output: RunOutput): Promise<void> {
    const { readable, writable } = new FixedLengthStream(output.sizeBytes);
    await Promise.all([output.body.pipeTo(writable), this.#bucket.put(fileKey(taskId, file), readable)]);
  }

  async read(taskId: string): Promise<ReadResult | null> {
    try {
      const object = await this.#bucket.get(resultKey(taskId));
      return object === null ? null : { json: await object.text(), etag: object.httpEtag };
    } catch {
      throw new ProblemError("STORAGE_UNAVAILABLE", {}, { "Retry-After": "5" });
    }
  }

  async delete(taskId: string): Promise<void> {
    await this.#bucket.delete([resultKey(taskId), fileKey(taskId, "events"), fileKey(taskId, "stderr")]);
  }
}
