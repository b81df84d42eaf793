/** Kubernetes names hold no slash, so what is joined by slashes here comes apart here, and nowhere else. */

/** An object as kubectl knows it; `namespace` is empty for a kind without one. */
export interface ObjectName {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** Of `DaemonSet/metallb-system/speaker`, `Node/node-a`. */
export function objectName(object: string): ObjectName {
  const [kind = '', ...path] = object.split('/')
  return { kind, namespace: path.length > 1 ? path[0]! : '', name: path.at(-1) ?? '' }
}

/** Of `namespace/name`. */
export function keyName(key: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = key.split('/')
  return { namespace, name }
}

/** `namespace/name` */
export function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`
}
