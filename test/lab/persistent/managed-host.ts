import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { NetworkManagerName } from '../../../src/node/model.js'

/** Where bin/setup has unpacked them. */
const PROGRAMS = resolve('node_modules/.l2doctor-managers')

/** The folders of the host's own files; they outlive its namespaces, as a disk does. */
export const OWN_FOLDERS = ['network', 'systemd/network', 'NetworkManager', 'netplan', 'sysctl.d'] as const

/**
 * A mount namespace in which the managers are installed and nothing is configured but by the files under `disk`.
 * `/sys` is read-only, as in a container: systemd-networkd then does not wait for udev.
 */
const MOUNTS = String.raw`
set -e
for folder in usr usr/lib usr/sbin usr/bin; do
  short=$(echo $folder | sed 's,usr/,,')
  [ ! -d $programs/$short ] || mount -t overlay none -o lowerdir=$programs/$short:/$folder /$folder
done
mount -t tmpfs none /run
mkdir -p /run/etc/upper /run/etc/work /run/network /run/dbus /run/systemd/netif/links /run/systemd/netif/leases \
  /run/systemd/netif/lldp /run/NetworkManager /run/sshd /run/state /var/lib/NetworkManager
mount -t overlay none -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
mount --bind /run/state /var/lib/NetworkManager
for folder in network systemd/network NetworkManager netplan sysctl.d; do
  mkdir -p /etc/$folder $disk/$folder
  mount --bind $disk/$folder /etc/$folder
done
mkdir -p /etc/network/if-pre-up.d /etc/network/if-up.d /etc/network/if-down.d /etc/network/if-post-down.d
grep -q ^systemd-network: /etc/passwd || echo systemd-network:x:998:998::/:/usr/sbin/nologin >>/etc/passwd
chown -R systemd-network: /run/systemd/netif
mount -o remount,bind,ro /sys
ldconfig
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket
set +e
`

/** What a boot starts, in the host's namespaces. */
const BOOT: Readonly<Record<NetworkManagerName, string>> = {
  ifupdown: 'ifup -a >/run/boot.log 2>&1; echo $? >/run/booted',
  'systemd-networkd': '/lib/systemd/systemd-networkd >/run/boot.log 2>&1 &',
  netplan: '/usr/libexec/netplan/generate && /lib/systemd/systemd-networkd >/run/boot.log 2>&1 &',
  NetworkManager: 'dbus-daemon --system --fork --nopidfile; NetworkManager --no-daemon >/run/boot.log 2>&1 &',
}

/** Succeeds once the boot is over; a host without files of systemd-networkd's never has a link that it configures. */
export const BOOTED: Readonly<Record<NetworkManagerName, string>> = {
  ifupdown: 'test -e /run/booted',
  'systemd-networkd':
    'grep -qs ^NETWORK_FILE= /run/systemd/netif/links/* && ! grep -hs ^ADMIN_STATE= /run/systemd/netif/links/* | grep -q -e pending -e configuring',
  netplan:
    'grep -qs ^NETWORK_FILE= /run/systemd/netif/links/* && ! grep -hs ^ADMIN_STATE= /run/systemd/netif/links/* | grep -q -e pending -e configuring',
  NetworkManager: 'test "$(nmcli -g RUNNING,STARTUP general)" = running:started',
}

/** Programs that show whether a manager runs here at all. */
const THERE: Readonly<Record<NetworkManagerName, string>> = {
  ifupdown: 'ifup --version',
  'systemd-networkd': 'systemd-analyze --version && test -x /lib/systemd/systemd-networkd',
  netplan: 'test -x /usr/libexec/netplan/generate && test -x /lib/systemd/systemd-networkd',
  NetworkManager: 'NetworkManager --version && dbus-daemon --version && nmcli --version',
}

/** What stands before the host's sshd: its mounts, and the manager that configures it. */
export function booting(disk: string, manager: NetworkManagerName): readonly string[] {
  return inMounts(disk, `${BOOT[manager]}\nexec "$@"`)
}

/** Null: it runs; else why it cannot. */
export function whyNot(manager: NetworkManagerName, disk: string): string | null {
  if (!existsSync(PROGRAMS)) return `${PROGRAMS} is not there; bin/setup unpacks it where there are root and apt-get`
  const [program = '', ...argv] = inMounts(disk, THERE[manager])
  const { status, stderr } = spawnSync('unshare', ['-n', program, ...argv], { encoding: 'utf8' })
  return status === 0 ? null : `${manager} does not run here: ${stderr.trim()}`
}

function inMounts(disk: string, script: string): string[] {
  const text = `programs=${PROGRAMS} disk=${disk}\n${MOUNTS}${script}`
  return ['unshare', '-m', '--propagation', 'private', 'sh', '-c', text, 'sh']
}
