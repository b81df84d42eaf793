import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Running } from './keepalived.js'

/**
 * No systemd runs in a namespace. This stand-in for systemctl does with the keepalived of a host what its unit does (Debian's
 * keepalived.service: ExecReload=/bin/kill -HUP $MAINPID), and refuses all else. Resolves to the line of sshd_config by which it is found first.
 */
export function standInSystemctl(folder: string, { file, pid }: Running): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'systemctl'), script(file, pid), { mode: 0o755 })
  return `SetEnv PATH=${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
}

function script(file: string, pid: string): string {
  return `#!/bin/sh
runs() { kill -0 "$(cat ${pid})" 2>/dev/null; }
start() { keepalived -P -f ${file} -p ${pid} -r ${pid}-vrrp; }
stop() { kill "$(cat ${pid})"; while runs; do sleep 0.1; done; }
case "$*" in
  "reload keepalived") kill -HUP "$(cat ${pid})" ;;
  "reload-or-restart keepalived") if runs; then kill -HUP "$(cat ${pid})"; else start; fi ;;
  "restart keepalived") stop; start ;;
  "stop keepalived") stop ;;
  "start keepalived") start ;;
  *) echo "stand-in for systemctl: $*" >&2; exit 1 ;;
esac
`
}
