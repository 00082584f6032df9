"use strict";
// Lists the routes of openapi.json and sends requests. No library: the document says everything that is shown.

const byId = (id) => document.getElementById(id);

const element = (name, attributes = {}, ...children) => {
  const node = Object.assign(document.createElement(name), attributes);
  node.append(...children);
  return node;
};

const resolve = (api, schema) =>
  schema?.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : schema;

/** A value of the schema's shape to start from; `depth` ends schemas that hold themselves. */
const example = (api, given, depth = 0) => {
  const schema = resolve(api, given) ?? {};
  const type = [schema.type].flat().find((name) => name !== "null");
  if (depth > 4) return null;
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => example(api, part, depth + 1)));
  if (schema.oneOf) return example(api, schema.oneOf.find((part) => part.type !== "null"), depth + 1);
  if (schema.enum) return schema.enum[0];
  if (type === "array") return [example(api, schema.items, depth + 1)];
  if (type === "object") {
    const properties = Object.entries(schema.properties ?? {});
    return Object.fromEntries(properties.map(([key, value]) => [key, example(api, value, depth + 1)]));
  }
  return { string: "", integer: 0, number: 0, boolean: false }[type] ?? null;
};

const cookie = (name) =>
  document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

const address = (path, fields) => {
  const query = new URLSearchParams();
  let address = path;
  for (const { place, name, input } of fields) {
    if (place === "path") address = address.replace(`{${name}}`, encodeURIComponent(input.value));
    if (place === "query" && input.value !== "") query.set(name, input.value);
  }
  return query.size ? `${address}?${query}` : address;
};

const send = async (method, url, body) => {
  const headers = {};
  const token = byId("token").value.trim();
  const csrf = cookie("rustchat_csrf");
  if (token) headers.Authorization = `Bearer ${token}`;
  if (csrf) headers["X-CSRF-Token"] = csrf;
  if (body) headers["Content-Type"] = "application/json";
  const credentials = token ? "omit" : "same-origin";
  const answer = await fetch(url, { method, headers, credentials, body: body || undefined });
  const text = await answer.text();
  try {
    return `${answer.status}\n${JSON.stringify(JSON.parse(text), null, 2)}`;
  } catch {
    return `${answer.status}\n${text}`;
  }
};

const form = (api, method, path, operation) => {
  const fields = (operation.parameters ?? []).filter(({ in: place }) => place !== "header").map((parameter) => ({
    place: parameter.in,
    name: parameter.name,
    input: element("input", { required: parameter.in === "path", title: parameter.description ?? "" }),
  }));
  const content = operation.requestBody?.content?.["application/json"];
  const body = content && element("textarea", { rows: 8, spellcheck: false });
  if (body) body.value = JSON.stringify(example(api, content.schema), null, 2);
  const result = element("pre", { tabIndex: 0 });
  const labels = fields.map(({ name, place, input }) => element("label", {}, `${name} (${place})`, input));
  if (body) labels.push(element("label", {}, "body", body));
  const node = element("form", {}, ...labels, element("button", { textContent: "Send" }), result);
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    result.textContent = "…";
    result.textContent = await send(method, address(path, fields), body?.value).catch(String);
  });
  return node;
};

const route = (api, method, path, operation) => {
  const summary = element("summary", {}, element("b", { textContent: method }), `${path} `,
    element("span", { textContent: operation.summary ?? "" }));
  const node = element("details", {}, summary);
  node.addEventListener("toggle", () => {
    if (node.open && node.children.length === 1) {
      node.append(element("p", { textContent: operation.description ?? "" }), form(api, method, path, operation));
    }
  });
  return node;
};

const show = (api) => {
  const tags = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "";
      tags.set(tag, [...(tags.get(tag) ?? []), route(api, method.toUpperCase(), path, operation)]);
    }
  }
  const sections = [...tags].sort().map(([tag, routes]) =>
    element("section", {}, element("h2", { textContent: tag }), ...routes));
  byId("routes").replaceChildren(...sections);
  byId("filter").addEventListener("input", ({ target }) => {
    for (const node of document.querySelectorAll("details")) {
      node.hidden = !node.textContent.toLowerCase().includes(target.value.toLowerCase());
    }
  });
};

fetch("openapi.json").then((answer) => answer.json()).then(show)
  .catch((error) => byId("routes").replaceChildren(`The document cannot be read: ${error}`));
