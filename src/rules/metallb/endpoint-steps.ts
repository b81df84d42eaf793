import { keyName } from '../../cluster/key.js'
import type { Labels } from '../../cluster/model-common.js'
import type { Fix, FixStep } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { part, sh } from '../shell.js'

/** A Service without any ready endpoint: nothing about its nodes needs a look before its pods do. */
export function awaitPods(ip: string, service: string, selector: Labels): Fix {
  return {
    summary: `Find out why no pod of ${service} is ready`,
    risk: 'none',
    where: 'cluster',
    steps: lookAtPods(service, selector),
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

/** The pods behind a Service by its selector, and what became of them as endpoints. */
export function lookAtPods(service: string, selector: Labels): readonly FixStep[] {
  const { namespace, name } = keyName(service)
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`)
  const chosen = labels.length > 0 ? part`-l ${labels.join(',')}` : part``
  return [
    {
      kind: 'look',
      text: 'See the pods behind the Service and why they are not ready (readiness probe, image, replicas 0)',
      run: sh`kubectl get pods -n ${namespace} ${chosen} -o wide`,
    },
    {
      kind: 'look',
      text: 'See which of them are endpoints, and whether they are ready',
      run: sh`kubectl get endpointslices -n ${namespace} -l ${`kubernetes.io/service-name=${name}`} -o wide`,
    },
  ]
}
