import type { Rule } from '../define.js'
import { configurationRefused } from './configuration-refused.js'
import { etpLocalNoEndpoint } from './etp-local-no-endpoint.js'
import { formerConfiguration } from './former-configuration.js'
import { garpLoop } from './garp-loop.js'
import { interfaceMismatch } from './interface-mismatch.js'
import { ipReassigned } from './ip-reassigned.js'
import { l2AdvertisementMissing } from './l2advertisement-missing.js'
import { memberlistDisabled } from './memberlist-disabled.js'
import { memberlistKey } from './memberlist-key.js'
import { noCandidateNode } from './no-candidate-node.js'
import { noSpeaker } from './no-speaker.js'
import { nodeExcludeLabel } from './node-exclude-label.js'
import { poolOverlapsNodeIp } from './pool-overlaps-node-ip.js'
import { sharedIpTwoAnnouncers } from './shared-ip-two-announcers.js'
import { speakerAlone } from './speaker-alone.js'
import { splitStatus } from './split-status.js'
import { statusDisagrees } from './status-disagrees.js'

export const metallbRules: readonly Rule[] = [
  configurationRefused,
  formerConfiguration,
  noSpeaker,
  noCandidateNode,
  nodeExcludeLabel,
  memberlistDisabled,
  memberlistKey,
  splitStatus,
  speakerAlone,
  l2AdvertisementMissing,
  interfaceMismatch,
  etpLocalNoEndpoint,
  sharedIpTwoAnnouncers,
  ipReassigned,
  garpLoop,
  poolOverlapsNodeIp,
  statusDisagrees,
]
