import { homedir, userInfo } from 'node:os'

/**
 * A user of whom the machine's list of users says nothing (a container's uid) has neither home nor shell: Node throws where it is asked for them,
 * and oclif asks while it loads. Such a user gets what a container runtime and ssh take then.
 */
export function standInForNoSuchUser(env: NodeJS.ProcessEnv): void {
  if (!isKnown(homedir)) env['HOME'] = '/'
  if (env['SHELL'] === undefined && !isKnown(userInfo)) env['SHELL'] = '/bin/sh'
}

function isKnown(ask: () => unknown): boolean {
  try {
    ask()
    return true
  } catch {
    return false
  }
}
