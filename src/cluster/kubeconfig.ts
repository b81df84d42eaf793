import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { readBounded, readInput } from '../bounded-file.js'
import { isPipe } from '../pipe.js'

/** A kubeconfig with hundreds of clusters has a megabyte; a token or a certificate some kilobytes. */
const MOST_MEBIBYTES = { config: 16, credential: 1 } as const

/** One file of a configuration. */
export interface KubeconfigFile {
  readonly path: string
  readonly text: string
}

/** What is wrong with one file of a configuration; the message does not repeat its path. */
export class KubeconfigFault extends Error {
  readonly path: string
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.path = path
  }
}

/** The client's configuration, as far as files make it. */
export interface ClientConfig {
  loadFromString(text: string): void
  makePathsAbsolute(folder: string): void
  mergeConfig(other: ClientConfig): void
  getCurrentCluster(): { readonly caFile?: string } | null
  getCurrentUser(): {
    readonly certFile?: string
    readonly keyFile?: string
    readonly authProvider?: { readonly config?: { readonly tokenFile?: string } }
  } | null
}

/**
 * `--kubeconfig`, or KUBECONFIG, or ~/.kube/config; none: the client looks elsewhere. Each is read again by each call, but for a pipe
 * (`<(vault …)`), which says it once. Throws what cannot be read.
 */
export async function kubeconfigFiles(named: string | null): Promise<KubeconfigFile[]> {
  const paths = named === null ? defaultFiles() : [named]
  return Promise.all(paths.map(async (path) => ({ path, text: await readText(path) })))
}

function defaultFiles(): readonly string[] {
  const named = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  if (named.length > 0) return named
  const usual = join(homedir(), '.kube', 'config')
  return statSync(usual, { throwIfNoEntry: false }) ? [usual] : []
}

/** What pipes have said, by their path: a watch connects again and again. */
const saidByPipes = new Map<string, Promise<Buffer>>()

async function readText(path: string): Promise<string> {
  const reading = saidByPipes.get(path) ?? (isPipe(path) ? readPipe(path) : readBounded(path, MOST_MEBIBYTES.config))
  const bytes = await reading.catch((cause) => {
    throw whyUnread(path, cause)
  })
  return bytes.toString()
}

function readPipe(path: string): Promise<Buffer> {
  const said = readInput(path, MOST_MEBIBYTES.config)
  saidByPipes.set(path, said)
  return said
}

/** As the client joins them: the first one that has a name counts. */
export function loadFiles(config: ClientConfig, files: readonly KubeconfigFile[], another: () => ClientConfig): void {
  for (const [at, { path, text }] of files.entries()) {
    const one = at === 0 ? config : another()
    loadText(one, text, path)
    one.makePathsAbsolute(dirname(path))
    if (one !== config) config.mergeConfig(one)
  }
}

function loadText(config: ClientConfig, text: string, path: string): void {
  if (text.trim() === '') throw new KubeconfigFault(path, 'it is empty')
  try {
    config.loadFromString(text)
  } catch (cause) {
    const [what = ''] = (cause as Error).message.split('\n')
    const isSyntax = (cause as Error).name === 'YAMLException'
    throw new KubeconfigFault(path, isSyntax ? `it is not YAML: ${what}` : 'it is not a kubeconfig', { cause })
  }
}

/** What keeps a file from being read, in words. */
function whyUnread(path: string, cause: NodeJS.ErrnoException): Error {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'you may not read it',
    EISDIR: 'it is a directory',
  }
  return new KubeconfigFault(path, words[cause.code ?? ''] ?? cause.message, { cause })
}

/** The client reads these at once and whole, whatever they are. Throws for what is none. */
export function checkCredentials(config: ClientConfig): void {
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()]
  for (const path of [cluster?.caFile, user?.certFile, user?.keyFile, user?.authProvider?.config?.tokenFile]) {
    const about = path ? statSync(path, { throwIfNoEntry: false }) : undefined
    if (about === undefined) continue // whoever reads it says that it is not there
    if (!about.isFile()) throw new Error(`${path} is no file`)
    if (about.size > MOST_MEBIBYTES.credential * 1024 * 1024) throw new Error(`${path} is larger than 1 MiB`)
  }
}

/** A token that a file holds. */
export async function readToken(path: string): Promise<string> {
  return (await readBounded(path, MOST_MEBIBYTES.credential)).toString().trim()
}
