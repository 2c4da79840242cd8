/** A deployed version, as the control plane hands it over. */

import * as z from "zod";

const Binding = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("plain_text"), name: z.string(), text: z.string() }),
  z.looseObject({ type: z.literal("secret_text"), name: z.string(), text: z.string() }),
  z.looseObject({ type: z.literal("json"), name: z.string(), json: z.unknown() }),
  z.looseObject({ type: z.literal("r2_bucket"), name: z.string(), bucket_name: z.string() }),
  z.looseObject({ type: z.literal("durable_object_namespace"), name: z.string(), class_name: z.string() }),
  z.looseObject({ type: z.literal("version_metadata"), name: z.string() }),
]);

export const Upload = z.looseObject({
  port: z.int().min(1).max(65_535),
  version_id: z.string(),
  main_module: z.string(),
  modules: z.array(z.looseObject({ name: z.string(), content_type: z.string(), content_base64: z.string() })),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  bindings: z.array(Binding),
  durable_objects: z.array(
    z.looseObject({ class_name: z.string(), namespace_id: z.string(), has_container: z.boolean() }),
  ),
});
export type Upload = z.infer<typeof Upload>;

export const Application = z.looseObject({ image: z.string(), max_instances: z.int().nonnegative() });
