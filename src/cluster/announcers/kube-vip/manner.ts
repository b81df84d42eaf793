import { valueOr } from '../../../known.js'
import type { ClusterSnapshot, Service } from '../../model.js'
import type { InterfaceChoice, MannerOf } from '../announcer.js'
import { ALL_INTERFACES, BY_KERNEL, named } from '../manner.js'
import { holdsFor } from '../version.js'
import { controlPlaneAddresses, findKubeVip, type KubeVipInstance, servesService } from './instances.js'
import { isByDhcp } from './requested.js'
import { KUBE_VIP } from './versions.js'

/** The address stands on the Service's interface, else that of services, else that of kube-vip; without any, on that of the default route. */
export function kubeVipManner(cluster: ClusterSnapshot): MannerOf {
  const instances = valueOr(findKubeVip(cluster), []).filter(({ settings }) => settings.arp)
  const services = new Map(valueOr(cluster.services, []).map((service) => [service.key, service]))
  return ({ service: key, ip }) => {
    const service = services.get(key ?? '')
    const instance = instances.find((one) =>
      service ? servesService(one, service) : controlPlaneAddresses(one.settings).includes(ip),
    )
    if (!instance) return null
    const choice = kubeVipChoice(instance, service)
    return {
      ...BY_KERNEL,
      ...(service && isByDhcp(service) ? { ownMac: macOf(service) } : {}),
      failoverSeconds: leaseSeconds(instance),
      interfacesOn: () => choice,
    }
  }
}

/** For DHCP it makes a macvlan, and notes its MAC on the Service, so that the next node takes the same one (kube-vip `HwAddrKey`). */
function macOf({ annotations }: Service): string | null {
  return annotations['kube-vip.io/hwaddr']?.toLowerCase() ?? null
}

/** `vip_leaseduration`, or what the version takes where it is not set. */
function leaseSeconds({ settings, version }: KubeVipInstance): number | null {
  const set = Number(settings.leaseDuration)
  if (set > 0) return set
  const isLong = holdsFor(version, KUBE_VIP.leasesForFifteenSeconds)
  return isLong === null ? null : isLong ? 15 : 5
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
