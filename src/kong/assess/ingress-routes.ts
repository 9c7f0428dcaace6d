import type { Inventory, Manifest } from "#src/kong/inventory.ts";
import { isRecord, valueAt } from "./field-path.ts";
import { visible } from "./shown-value.ts";
import { untold } from "./subject.ts";
import type { Subject } from "./subject.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What the ingress controller makes of Ingresses, from 2.7 on and for Kong 3 (Kong/kubernetes-ingress-controller CHANGELOG
 * 2.7.0, and internal/dataplane/translator/subtranslator/ingress.go of 3.x): a path that begins with `/~`, or with what
 * the annotation regex-prefix says instead, becomes a regex; Exact and Prefix become regexes that end in `$`.
 */
const defaultPrefix = "/~";

/** What Kong 2.x, and the option enableLegacyRegexDetection, take for a plain path. */
const plainPath = /^[a-zA-Z0-9.\-_~/%]*$/u;

/** The fields of an Ingress in which each path also tells whether the controller itself makes a regex of it (`isRegex`). */
export function ingressFields({ fields }: Manifest, inventory: Inventory): Fields {
  const { spec } = fields;
  if (!isRecord(spec)) return fields;
  if (isOfAnother(fields, inventory)) return { ...fields, spec: { ...spec, rules: [] } };
  const isLegacy = detectsRegexes(fields, inventory);
  const prefix = regexPrefix(fields);
  const rules = listOf(spec["rules"]).map((rule) =>
    withPaths(rule, (path) => {
      if (typeof path !== "string" || plainPath.test(path)) return false;
      return path.startsWith(prefix) ? true : isLegacy;
    }),
  );
  return { ...fields, spec: { ...spec, rules } };
}

function withPaths(rule: unknown, isRegex: (path: unknown) => unknown): unknown {
  if (!isRecord(rule) || !isRecord(rule["http"])) return rule;
  const paths = listOf(rule["http"]["paths"]).map((one) => {
    if (!isRecord(one)) return one;
    return Object.assign({}, one, { isRegex: isRegex(one["path"]) });
  });
  return { ...rule, http: { ...rule["http"], paths } };
}

/** Routes with the regex paths that Ingresses lead to, one for each, and with the path_handling of these and of KongIngresses. */
export function ingressRoutes(inventory: Inventory): readonly Subject[] {
  return inventory.manifests.flatMap((manifest): readonly Subject[] =>
    routesOf(manifest, inventory).map((fields) => ({ fields, describe: () => describeResource(manifest) })),
  );
}

function routesOf({ kind, fields }: Manifest, inventory: Inventory): readonly Fields[] {
  if (kind === "KongIngress") return routeOfOverride(fields);
  if (kind !== "Ingress" || isOfAnother(fields, inventory)) return [];
  const prefix = regexPrefix(fields);
  const paths = listOf(valueAt(fields, ["spec", "rules"]))
    .flatMap((rule) => listOf(valueAt(rule, ["http", "paths"])))
    .flatMap((one) => regexOf(valueAt(one, ["path"]), valueAt(one, ["pathType"]), prefix));
  const handling = valueAt(fields, ["metadata", "annotations", "konghq.com/path-handling"]);
  const own = handling === undefined ? [] : [{ paths: [], path_handling: handling }];
  return [...own, ...paths.map((path) => ({ paths: [path] }))];
}

/**
 * Services whose protocol a Kubernetes Service says by annotation, or a KongIngress; what is not said there the controller
 * leaves open (Kong docs, ingress controller, annotations of a Service).
 */
export function ingressServices({ manifests }: Inventory): readonly Subject[] {
  return manifests.flatMap((manifest): readonly Subject[] => {
    const fields = manifest.kind === "KongIngress" ? manifest.fields["proxy"] : serviceOf(manifest);
    return isRecord(fields) ? [{ fields, describe: () => describeResource(manifest) }] : [];
  });
}

function serviceOf({ kind, fields }: Manifest): Fields | undefined {
  const annotation = (name: string): unknown => valueAt(fields, ["metadata", "annotations", `konghq.com/${name}`]);
  const protocol = annotation("protocol");
  if (kind !== "Service" || protocol === undefined) return undefined;
  const verify = annotation("tls-verify");
  const verifies = verify === "true" || verify === "false" ? { tls_verify: verify === "true" } : {};
  return { protocol, ...verifies };
}

/** The regex that Kong 3 gets for a path; none for a plain one. */
function regexOf(path: unknown, pathType: unknown, prefix: string): readonly string[] {
  if (typeof path !== "string") return [];
  const start = path.search(/[^/]/u);
  const relative = start === -1 ? "" : path.slice(start);
  if (pathType === "Exact") return [`~/${relative}$`];
  if (pathType === "Prefix") return relative === "" ? [] : [`~/${withoutEnd(relative)}$`];
  return path.startsWith(prefix) ? [`~${path.slice(prefix.length)}`] : [];
}

function withoutEnd(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end -= 1;
  return path.slice(0, end);
}

/** A KongIngress sets fields of the routes of whatever names it. */
function routeOfOverride({ route }: Fields): readonly Fields[] {
  return isRecord(route) ? [{ ...route, paths: [] }] : [];
}

function regexPrefix(fields: Fields): string {
  const own = valueAt(fields, ["metadata", "annotations", "konghq.com/regex-prefix"]);
  return typeof own === "string" && own !== "" ? own : defaultPrefix;
}

/**
 * Whether the class of an Ingress lets the controller detect regexes as Kong 2.x did; not known where parameters do so and
 * nobody gave the class that may name them.
 */
function detectsRegexes(fields: Fields, { manifests }: Inventory): unknown {
  const detecting = manifests.filter(
    ({ kind, fields: own }) =>
      kind === "IngressClassParameters" && valueAt(own, ["spec", "enableLegacyRegexDetection"]) === true,
  );
  if (detecting.length === 0) return false;
  const found = classOf(fields, manifests);
  if (found === undefined) return untold("manifests");
  const parameters = valueAt(found.fields, ["spec", "parameters", "name"]);
  return detecting.some((one) => one.name === parameters);
}

/** Whether another controller than Kong's serves it, as its class says. */
function isOfAnother(fields: Fields, { manifests }: Inventory): boolean {
  const controller = valueAt(classOf(fields, manifests)?.fields, ["spec", "controller"]);
  return typeof controller === "string" && !controller.includes("konghq.com");
}

/** Undefined where nobody gave it. */
function classOf(fields: Fields, manifests: readonly Manifest[]): Manifest | undefined {
  const name =
    valueAt(fields, ["spec", "ingressClassName"]) ??
    valueAt(fields, ["metadata", "annotations", "kubernetes.io/ingress.class"]);
  return manifests.find((one) => one.kind === "IngressClass" && one.name === name);
}

/** `Ingress shop/web (all.yaml:3)`. */
function describeResource({ kind, name, namespace, place }: Manifest): ReturnType<Subject["describe"]> {
  const where = namespace === undefined ? name : `${namespace}/${name}`;
  const file = place === undefined ? "" : ` (${place.file}${place.line === undefined ? "" : `:${place.line}`})`;
  return { label: visible(`${kind} ${where}${file}`), what: kind, name, file: place?.file, line: place?.line };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
