/** `node dist/test/lab/serve-api.js CLUSTER.yaml KUBECONFIG`: the test API server as a process of its own, inside a namespace. */
import { copyFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { ApiFixture, objectsOf } from '../cluster/api-fixture.js'
import type { KubeObject } from '../cluster/api-selectors.js'

const [objects = '', kubeconfig = ''] = process.argv.slice(2)
const api = new ApiFixture()
await api.start(objectsOf(objects).flatMap(listed))
copyFileSync(api.path, kubeconfig)
rmSync(dirname(api.path), { recursive: true }) // who ends this process does not let it clean up
console.log('ready')

/** `kubectl get` prints lists; a server stores what is in them. */
function listed(object: KubeObject): KubeObject[] {
  const { items } = object as { items?: KubeObject[] }
  if (!Array.isArray(items)) return [object]
  const { apiVersion, kind } = object as { apiVersion: string; kind: string }
  return items.map((item) => ({ apiVersion, kind: kind.replace(/List$/, ''), ...item }) as KubeObject)
}
