import type { RequestOptions } from 'node:https'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { CannotLook } from '../known.js'
import { theirs } from '../theirs.js'
import { type KubeconfigFile, readToken } from './kubeconfig.js'
import { record, records, text } from './normalise/raw.js'

/** The client's configuration, as far as logging in goes. */
export interface LoginConfig {
  getCurrentUser(): User | null
  applyToHTTPSOptions(options: RequestOptions): Promise<void>
}

interface User {
  readonly name: string
  readonly exec?: unknown
  readonly authProvider?: unknown
}

export interface LoginPlace {
  readonly server: string
  /** Those of the configuration; none in a pod. */
  readonly files: readonly KubeconfigFile[]
}

/** What a request must carry to be the operator's own: tokens, certificates, plugins are the client's work. Throws `CannotLook`. */
export async function logIn(config: LoginConfig, place: LoginPlace): Promise<RequestOptions> {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'l2doctor' }
  const options: RequestOptions = { headers }
  const user = config.getCurrentUser()
  try {
    await config.applyToHTTPSOptions(options)
    const token = user && (await tokenOfFile(user.name, place.files))
    if (token) headers['Authorization'] = `Bearer ${token}`
    // the last line of a file or of a plugin's output may end, a header may not
    else if (headers['Authorization']) headers['Authorization'] = headers['Authorization'].trim()
  } catch (cause) {
    throw notLoggedIn(user, place.server, cause as NodeJS.ErrnoException)
  }
  if (user?.authProvider && !headers['Authorization'] && !options.cert) throw noToken(user, place.server)
  return options
}

/** The `tokenFile` of a user, which kubectl reads and the client does not know. The first file that has the user counts. */
async function tokenOfFile(user: string, files: readonly KubeconfigFile[]): Promise<string | null> {
  for (const { path, text: yaml } of files) {
    const config = record(parse(yaml))
    const entry = records(config['users']).find(({ name }) => name === user)
    if (!entry) continue
    const tokenFile = text(record(entry['user'])['tokenFile'])
    return tokenFile === '' ? null : readToken(resolve(dirname(path), tokenFile))
  }
  return null
}

const MOST_TEXT = 300
const TRY_KUBECTL = 'see whether `kubectl get nodes` works with the same kubeconfig and context'

function notLoggedIn(user: User | null, server: string, cause: NodeJS.ErrnoException): CannotLook {
  const exec = record(user?.exec)
  const command = text(exec['command'])
  const said = command === '' ? cause.message : saidByPlugin(cause)
  const reason = command === '' ? `cannot get credentials: ${said}` : `the credential plugin ${command} failed: ${said}`
  const advice = cause.code === 'ENOENT' ? text(exec['installHint']).trim() : ''
  const hint = advice === '' ? TRY_KUBECTL : `your kubeconfig says of it: ${theirs(advice)}`
  return new CannotLook({ subject: `API server ${server}`, reason, hint }, { cause })
}

/** A plugin that fails is quoted from its stderr; what it printed instead of credentials may hold a secret. */
function saidByPlugin(cause: Error): string {
  if (cause instanceof SyntaxError || cause instanceof TypeError) return 'what it printed is no ExecCredential'
  return (
    cause.message
      .trim()
      .replace(/\s*\n\s*/g, '; ')
      .slice(0, MOST_TEXT) || 'it says nothing'
  )
}

/** The client then sends nothing at all: the API server would see an anonymous user, and refuse each kind by itself. */
function noToken(user: User, server: string): CannotLook {
  const provider = text(record(user.authProvider)['name'])
  const why =
    provider === 'oidc' ? 'its id-token has expired and there is no refresh-token' : 'it is not one that works'
  return new CannotLook({
    subject: `API server ${server}`,
    reason: `auth-provider ${provider} of user ${user.name} gave no credentials: ${why}`,
    hint: 'log in again as you do for kubectl, then see whether `kubectl get nodes` works',
  })
}
