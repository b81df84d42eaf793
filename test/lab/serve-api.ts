/**
 * `node dist/test/lab/serve-api.js CLUSTER.yaml KUBECONFIG [ADDRESS]`: the test API server as a process of its own, inside a namespace; at a loopback address unless another one is given.
 * SIGHUP reads CLUSTER.yaml again, and says in watches that a Service changed.
 */
import { copyFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { ApiFixture, objectsOf } from '../cluster/api-fixture.js'
import type { KubeObject } from '../cluster/api-selectors.js'
import { makeCertificates } from '../cluster/certificates.js'
import { StandInEvents } from '../cluster/stand-in/events.js'
import { Leases } from '../cluster/stand-in/leases.js'
import { ServiceWatches } from '../cluster/stand-in/service-watches.js'

const [objects = '', kubeconfig = '', address = '127.0.0.1'] = process.argv.slice(2)
const watches = new ServiceWatches()
const leases = new Leases()
const events = new StandInEvents()
const standIns = [watches, leases, events]
const api = new ApiFixture(undefined, makeCertificates(`IP:${address}`), (...asked) =>
  standIns.some((one) => one.beside(...asked)),
)
await api.start(objectsOf(objects).flatMap(listed), address)
copyFileSync(api.path, kubeconfig)
rmSync(dirname(api.path), { recursive: true }) // who ends this process does not let it clean up
process.on('SIGHUP', () => {
  api.server.replace(objectsOf(objects).flatMap(listed))
  watches.send('MODIFIED')
})
console.log('ready')

/** `kubectl get` prints lists; a server stores what is in them. */
function listed(object: KubeObject): KubeObject[] {
  const { items } = object as { items?: KubeObject[] }
  if (!Array.isArray(items)) return [object]
  const { apiVersion, kind } = object as { apiVersion: string; kind: string }
  return items.map((item) => ({ apiVersion, kind: kind.replace(/List$/, ''), ...item }) as KubeObject)
}
