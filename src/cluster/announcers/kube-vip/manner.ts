import { valueOr } from '../../../known.js'
import type { ClusterSnapshot, Service } from '../../model.js'
import type { InterfaceChoice, MannerOf } from '../announcer.js'
import { ALL_INTERFACES, BY_KERNEL, named } from '../manner.js'
import { controlPlaneAddresses, findKubeVip, type KubeVipInstance } from './instances.js'

/** The lease's own default (kube-vip `vip_leaseduration`). */
const KUBE_VIP_SECONDS = 5

/** The address stands on the Service's interface, else that of services, else that of kube-vip; without any, on that of the default route. */
export function kubeVipManner(cluster: ClusterSnapshot): MannerOf {
  const instances = valueOr(findKubeVip(cluster), []).filter(({ settings }) => settings.arp)
  const services = new Map(valueOr(cluster.services, []).map((service) => [service.key, service]))
  return ({ service: key, ip }) => {
    const instance = instances.find(({ settings }) =>
      key === null ? controlPlaneAddresses(settings).includes(ip) : settings.services,
    )
    if (!instance) return null
    const choice = kubeVipChoice(instance, services.get(key ?? ''))
    return {
      ...BY_KERNEL,
      failoverSeconds: Number(instance.settings.leaseDuration) || KUBE_VIP_SECONDS,
      interfacesOn: () => choice,
    }
  }
}

function kubeVipChoice({ settings, object }: KubeVipInstance, service: Service | undefined): InterfaceChoice {
  const annotated = service?.annotations['kube-vip.io/serviceInterface']
  if (service && annotated)
    return named(annotated, `Service/${service.key}`, '.metadata.annotations["kube-vip.io/serviceInterface"]')
  const [name, path] =
    service && settings.servicesInterface
      ? [settings.servicesInterface, 'vip_servicesinterface']
      : [settings.interface, 'vip_interface']
  return name ? named(name, object, path) : ALL_INTERFACES
}
