import { valueOr } from '../../known.js'
import type { Host, VrrpInstance } from '../../node/model.js'
import type { FixStep } from '../define.js'
import { part, sh } from '../shell.js'
import type { Machine, RouterData } from './parts.js'

/** keepalived's own default (`-f`). */
const DEFAULT_FILE = '/etc/keepalived/keepalived.conf'
/** Status 6 of keepalived 2.2 says only that scripts run without script_security (KEEPALIVED_EXIT_CONFIG_TEST_SECURITY in lib/scheduler.h). */
const TESTED = part`keepalived -t || [ $? -eq 6 ]`

/** The instance of a virtual router on the host of a machine, as it was read there; null: it was not. */
export function instanceOf(
  { node }: Pick<Machine, 'node'>,
  { vrid, family }: Pick<RouterData, 'vrid' | 'family'>,
  hosts: readonly Host[],
): VrrpInstance | null {
  const keepalived = hosts.find(({ name }) => name === node)?.sections.keepalived
  const instances = keepalived ? valueOr(keepalived, null)?.instances : undefined
  return instances?.find((one) => one.vrid === vrid && one.family === family) ?? null
}

/** `vrrp_instance VI_1 of /etc/keepalived/keepalived.conf`. */
export function settingPlace({ name, file }: Pick<VrrpInstance, 'name' | 'file'>): string {
  return `vrrp_instance ${name} of ${file ?? DEFAULT_FILE}`
}

/** The last step where keepalived may have ended: without the interface of an instance it does not start. */
export function startAgain(node: string): FixStep {
  return {
    kind: 'restart',
    text: `On ${node}: test what was written, and only if it passes reload keepalived, or start it where it has ended`,
    run: sh`${TESTED} && systemctl reload-or-restart keepalived`,
    where: 'node',
    node,
  }
}

/** The last step of each change of keepalived's settings: one that does not pass its test stops the instance. */
export function reload(who: string, node: string | null = null): FixStep {
  return {
    kind: 'restart',
    text: `On ${who}: test what was written, and reload keepalived only if it passes`,
    run: sh`${TESTED} && systemctl reload keepalived`,
    where: 'node',
    ...(node === null ? {} : { node }),
  }
}
