import type { Rule } from '../define.js'
import { interfaceMissing } from './interface-missing.js'
import { leaseExpired } from './lease-expired.js'
import { noRunningPods } from './no-running-pods.js'
import { poolNotAligned } from './pool-not-aligned.js'
import { silentNode } from './silent-node.js'
import { twoControllersOneIp } from './two-controllers-one-ip.js'
import { twoControllersOneService } from './two-controllers-one-service.js'

export const announcerRules: readonly Rule[] = [
  noRunningPods,
  poolNotAligned,
  twoControllersOneIp,
  twoControllersOneService,
  interfaceMissing,
  leaseExpired,
  silentNode,
]
