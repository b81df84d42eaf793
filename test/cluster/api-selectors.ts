/** A Kubernetes object as JSON. */
export type KubeObject = Readonly<Record<string, unknown>>

/** `a=b,c in (d,e),f`: the forms that the tests need. */
export function matchesLabels(object: KubeObject, selector: string): boolean {
  const labels = (at(object, 'metadata.labels') ?? {}) as Readonly<Record<string, string>>
  return terms(selector).every((term) => {
    const among = /^(\S+) in \((.*)\)$/.exec(term)
    if (among) return among[2]!.split(',').includes(labels[among[1]!] ?? '')
    const [key, value] = term.split('=')
    return value === undefined ? key! in labels : labels[key!] === value
  })
}

/** `metadata.name=a,metadata.namespace!=b`: paths into the object. */
export function matchesFields(object: KubeObject, selector: string): boolean {
  return terms(selector).every((term) => {
    const [, path, operator, value] = /^([\w.]+)(!?=)(.*)$/.exec(term)!
    return (at(object, path!) === value) === (operator === '=')
  })
}

/** Splits at commas outside parentheses. */
function terms(selector: string): string[] {
  return selector === '' ? [] : selector.split(/,(?![^(]*\))/)
}

function at(object: KubeObject, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as KubeObject | undefined)?.[key], object)
}
