/** The API server of the cluster bench, in a process of its own: prints the path of a kubeconfig and serves until killed. */
import { ApiServer } from '../cluster/api-server.js'
import { makeCertificates } from '../cluster/certificates.js'
import { writeKubeconfig } from '../cluster/kubeconfig.js'
import { clusterObjects } from './cluster-objects.js'

const certificates = makeCertificates()
const server = new ApiServer({ certificates, tokens: { token: 'bench' } })
server.add(clusterObjects())
const url = await server.start()
const kubeconfig = writeKubeconfig(url, certificates.ca, { bench: { token: 'token' } })
process.once('SIGTERM', () => {
  kubeconfig.remove()
  process.exit(0)
})
process.stdout.write(`${kubeconfig.path}\n`)
