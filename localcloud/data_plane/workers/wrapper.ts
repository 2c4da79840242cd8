/** The module that stands before an uploaded Worker: the same exports, the Durable Object classes wrapped. */

import type { ShimConfiguration } from "./container_shim.ts";
import type { Upload } from "./upload.ts";

export const WRAPPER_MODULE = "localcloud-wrapper.js";
export const SHIM_MODULE = "localcloud-container-shim.js";

/** `export *` leaves out the default export, and gives way to the names that are exported one by one. */
export function wrapperSource(upload: Upload, shim: ShimConfiguration): string {
  const classes = upload.durable_objects.map(({ class_name, namespace_id, has_container }, index) => {
    const base = `withFaults(user[${JSON.stringify(class_name)}])`;
    const wrapped = has_container ? `withContainer(${base}, ${JSON.stringify(namespace_id)})` : base;
    return `const class${index} = ${wrapped};\nexport { class${index} as ${class_name} };`;
  });
  return [
    `import * as user from ${JSON.stringify(`./${upload.main_module}`)};`,
    `import { configure } from "./${SHIM_MODULE}";`,
    `const { withContainer, withFaults } = configure(${JSON.stringify(shim)});`,
    `export * from ${JSON.stringify(`./${upload.main_module}`)};`,
    `export { default } from ${JSON.stringify(`./${upload.main_module}`)};`,
    ...classes,
  ].join("\n");
}

/** A second Worker in the same workerd, through which a container's requests reach its Durable Object. */
export function routerSource(egressSecretHeader: string, egressSecret: string): string {
  return `export default {
  fetch(request, env) {
    const [, className, objectId] = new URL(request.url).pathname.split("/");
    const namespace = env[className];
    const headers = new Headers(request.headers);
    headers.set(${JSON.stringify(egressSecretHeader)}, ${JSON.stringify(egressSecret)});
    return namespace.get(namespace.idFromString(objectId)).fetch(new Request(request, { headers }));
  },
};`;
}
