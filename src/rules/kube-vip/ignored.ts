import type { ObjectChange } from '../fix.js'

/** kube-vip leaves a Service alone that carries this annotation (pkg/services, `kube-vip.io/ignore`). */
export function ignoredByKubeVip(service: string): ObjectChange {
  return { kind: 'annotation', object: `Service/${service}`, key: 'kube-vip.io/ignore', value: 'true', was: null }
}
