import * as Flags from '@oclif/core/flags'
import type { CheckFile } from '../check/model.js'
import { attributionFlags, clusterFlags } from './cluster-flags.js'
import { ciliumTable } from './diagnose-flags.js'
import { FAIL_ON } from './flags.js'
import { nodeFlags } from './node-flags.js'
import { scanFlags } from './scan-flags.js'

const { 'hosts-file': _file, local: _local, 'address-type': _type, 'all-nodes': _allNodes, ...sshFlags } = nodeFlags
const {
  interface: device,
  at,
  'vantage-image': image,
  neighbours,
  engine,
  rounds,
  interval,
  rate,
  duration,
} = scanFlags

export const DEFAULT_FILE = 'l2doctor.yaml'
const ofFile = { helpGroup: 'CHECK' } as const

/** Flags of `check`. Those that the file knows too win over it, and so does their environment variable. */
export const checkFlags = {
  file: Flags.string({
    ...ofFile,
    char: 'f',
    default: DEFAULT_FILE,
    env: 'L2DOCTOR_FILE',
    helpValue: 'FILE',
    description: 'what is expected; `l2doctor init` writes one',
  }),
  wait: Flags.string({
    ...ofFile,
    env: 'L2DOCTOR_WAIT',
    helpValue: '2m',
    description: 'try again until every expectation holds, for at most this long',
  }),
  // without the default of other commands: not given means as the file says
  'fail-on': Flags.option({
    ...ofFile,
    ...FAIL_ON,
    description: 'expect no finding at least this severe (file: failOn)',
  })(),
  interface: { ...device, ...ofFile, env: 'L2DOCTOR_INTERFACE', description: 'where to ask (file: interface)' },
  kube: Flags.boolean({
    ...ofFile,
    allowNo: true,
    env: 'L2DOCTOR_KUBE',
    description: 'whether the cluster is read (file: cluster)',
  }),
  baseline: Flags.string({
    ...ofFile,
    env: 'L2DOCTOR_BASELINE',
    helpValue: 'FILE',
    description: 'compare VIPs and announcers with the last run, then keep the new ones (file: baseline)',
  }),
  at,
  'vantage-image': image,
  neighbours,
  'cilium-l2-announce': ciliumTable,
  engine,
  rounds,
  interval,
  rate,
  duration,
  ...clusterFlags,
  ...attributionFlags,
  ...sshFlags,
}

/** The flags that the file knows too; undefined: not given. */
export interface OverridingFlags {
  readonly interface?: string | undefined
  readonly 'fail-on'?: CheckFile['failOn'] | undefined
  readonly kube?: boolean | undefined
  readonly baseline?: string | undefined
}

/** Flags (oclif has laid them over the environment) over the file. */
export function layOver(file: CheckFile, flags: OverridingFlags): CheckFile {
  return {
    ...file,
    interface: flags.interface ?? file.interface,
    failOn: flags['fail-on'] ?? file.failOn,
    cluster: flags.kube ?? file.cluster,
    baseline: flags.baseline ?? file.baseline,
  }
}
