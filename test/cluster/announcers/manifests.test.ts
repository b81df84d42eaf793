import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findKubeVip } from '../../../src/cluster/announcers/kube-vip/instances.js'
import { findMetalLb } from '../../../src/cluster/announcers/metallb/install.js'
import { clusterOfFile } from '../read-yaml.js'

/** Release manifests of the announcers themselves are not part of this repository: give their directory by environment. */
const MANIFESTS = resolve(process.env['L2DOCTOR_MANIFESTS'] ?? '../shared/manifests')
const present = existsSync(MANIFESTS)
if (!present) console.warn(`SKIPPED recognition of release manifests: no ${MANIFESTS} (set L2DOCTOR_MANIFESTS)`)

describe.skipIf(!present)('release manifests', () => {
  it.each(['0.9.3', '0.12.1', '0.13.12', '0.14.9', '0.15.2', '0.16.1'])('recognises MetalLB %s', (version) => {
    const found = findMetalLb(clusterOfFile(join(MANIFESTS, `metallb-v${version}.yaml`)))
    expect(found).toMatchObject({
      known: true,
      value: [
        {
          object: 'DaemonSet/metallb-system/speaker',
          version: { exact: version },
          memberlist: true,
          memberlistPort: 7946,
          ignoresExcludeLabel: false,
          loadBalancerClass: null,
          configMap: version.startsWith('0.9') || version.startsWith('0.12') ? 'config' : null,
          controller: { key: 'metallb-system/controller' },
        },
      ],
    })
  })

  it('recognises kube-vip, whose image has no tag', () => {
    expect(findKubeVip(clusterOfFile(join(MANIFESTS, 'kube-vip-daemonset.yaml')))).toMatchObject({
      known: true,
      value: [
        {
          object: 'DaemonSet/kube-system/kube-vip-ds',
          kind: 'workload',
          version: { exact: null },
          settings: {
            arp: true,
            controlPlane: false,
            services: true,
            serviceElection: true,
            address: null,
            servicesLease: 'plndr-svcs-lock',
            leaderElection: null,
            interface: 'eth0',
          },
        },
      ],
    })
  })
})
