import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

/** The part of the client that runs credential plugins: the one that has this member. */
interface PluginRunner {
  execFn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess
}

/** How long a credential plugin may take, in milliseconds, and what ends it before. */
export interface PluginLimit {
  readonly ms: number
  readonly signal: AbortSignal
}

/**
 * Has the client's configuration end a credential plugin, and what that started, once it takes longer: one that waits for somebody to
 * log in would be waited for without end. It gets no terminal.
 */
export function limitPlugins(config: object, limit: PluginLimit): void {
  const { authenticators } = config as { readonly authenticators: readonly object[] }
  for (const one of authenticators.filter(isRunner))
    one.execFn = (command, args, options) => limited(spawn(command, args ?? [], { ...options, detached: true }), limit)
}

function isRunner(one: object): one is PluginRunner {
  return 'execFn' in one
}

function limited(plugin: ChildProcess, { ms, signal }: PluginLimit): ChildProcess {
  const end = (why: string) => {
    plugin.emit('error', new Error(why))
    if (plugin.pid !== undefined) endGroup(plugin.pid)
    for (const one of [plugin.stdout, plugin.stderr]) one?.destroy() // what left the group may hold them
  }
  const interrupt = () => end('interrupted')
  const late = setTimeout(end, ms, `it did not end within ${ms / 1000} s`)
  if (signal.aborted) setImmediate(interrupt)
  signal.addEventListener('abort', interrupt, { once: true })
  plugin.once('close', () => {
    clearTimeout(late)
    signal.removeEventListener('abort', interrupt)
  })
  return plugin
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause
  }
}
