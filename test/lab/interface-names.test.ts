import { expect, it } from 'vitest'
import { renderHostFix } from '../../src/rules/changes/host-fix.js'
import { SYSCTL_FILE } from '../../src/rules/changes/sysctl-file.js'
import { sysctlFix } from '../../src/rules/host-parts.js'
import { sh } from '../../src/rules/shell.js'
import { execute } from '../collect.js'
import { describeLab } from './describe-lab.js'

/** Names that the kernel takes: the dot is that of a VLAN interface, the rest is what a hostile host may call one. */
const NAMES = ['eth0.100', 'br-lan.20.3', "a;b'c", '$(id>x)', '`id`&"x"', '-x\\y', 'ü#!~{a}']

describeLab('fixes on an interface of any name', () => {
  it.each(NAMES)('%s', async (name) => {
    const change = { node: 'a', scopes: [name], name: 'arp_ignore', value: 2, summary: '' }
    const fix = renderHostFix(sysctlFix(change), null)
    const [now, atBoot] = fix.steps
    const value = sh`cat ${`/proc/sys/net/ipv4/conf/${name}/arp_ignore`}`
    const script = [
      'mount -t tmpfs tmpfs /etc/sysctl.d',
      sh`ip link add name ${name} type veth peer name other`,
      sh`ip link set dev ${name} up`,
      now?.run,
      fix.verify,
      value,
      sh`echo 0 > ${`/proc/sys/net/ipv4/conf/${name}/arp_ignore`}`,
      atBoot?.run,
      `sysctl -q -p ${SYSCTL_FILE}`,
      value,
    ]
    const { code, stdout, stderr } = await execute(['unshare', '-n', '-m', 'sh', '-ec', script.join('\n')])
    const line = `net.ipv4.conf.${name.replaceAll('.', '/')}.arp_ignore = 2`
    expect({ code, stderr, lines: stdout.trim().split('\n') }).toEqual({
      code: 0,
      stderr: '',
      lines: [line, line, '2', '2'],
    })
  })
})
