import { valueOr } from '../../../known.js'
import type { ClusterSnapshot } from '../../model.js'
import type { MannerOf } from '../announcer.js'
import { ALL_INTERFACES, BY_KERNEL, named } from '../manner.js'

/** Local addresses stand on the interface that the annotation names, remote ones on kube-lb0. */
export function pureLbManner(cluster: ClusterSnapshot): MannerOf {
  const services = new Map(valueOr(cluster.services, []).map((service) => [service.key, service]))
  return ({ ip, service: key }) => {
    const annotation = `purelb.io/announcing-IPv${ip.includes(':') ? 6 : 4}`
    const entries = (services.get(key ?? '')?.annotations[annotation] ?? '').split(/\s+/).map((one) => one.split(','))
    return {
      ...BY_KERNEL,
      failoverSeconds: null,
      interfacesOn: (node) => {
        const name = entries.find(([on]) => on === node)?.[1]
        return name ? named(name, `Service/${key}`, `.metadata.annotations["${annotation}"]`) : ALL_INTERFACES
      },
    }
  }
}
