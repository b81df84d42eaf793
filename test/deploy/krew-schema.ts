/** What krew's documentation says of a plugin manifest: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest */
const text = { type: 'string', minLength: 1 }
/** Where krew itself runs, by the names that Go has for systems and processors. */
const labels = {
  type: 'object',
  additionalProperties: false,
  required: ['os'],
  properties: {
    os: { enum: ['linux', 'darwin', 'windows'] },
    arch: { enum: ['amd64', '386', 'arm', 'arm64', 'ppc64le'] },
  },
}
const platform = {
  type: 'object',
  additionalProperties: false,
  required: ['selector', 'uri', 'sha256', 'bin'],
  properties: {
    selector: {
      type: 'object',
      additionalProperties: false,
      required: ['matchLabels'],
      properties: { matchLabels: labels },
    },
    uri: { type: 'string', pattern: '^https://\\S+\\.(?:zip|tar\\.gz)$' },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    bin: { type: 'string', pattern: '^(?!/)(?!.*\\.\\.)\\S+$' },
    files: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['from', 'to'],
        properties: { from: text, to: text },
      },
    },
  },
}

export const KREW_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: { const: 'krew.googlecontainertools.github.com/v1alpha2' },
    kind: { const: 'Plugin' },
    metadata: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: { name: { type: 'string', pattern: '^[a-z0-9-]+$' } },
    },
    spec: {
      type: 'object',
      additionalProperties: false,
      required: ['version', 'shortDescription', 'description', 'platforms'],
      properties: {
        version: { type: 'string', pattern: '^v\\d+\\.\\d+\\.\\d+(?:-[\\w.-]+)?$' },
        homepage: { type: 'string', pattern: '^https://' },
        shortDescription: { type: 'string', minLength: 1, maxLength: 60 },
        description: text,
        caveats: text,
        platforms: { type: 'array', minItems: 1, items: platform },
      },
    },
  },
}
