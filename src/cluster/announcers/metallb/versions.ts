import type { VersionRange } from '../version.js'

/** What is true of some versions of MetalLB only. Source notes: https://metallb.io/release-notes/ and the changes themselves. */
export const METALLB = {
  /** The election hashes the first address; before, the Service's key, and every candidate needed an endpoint. */
  electsByAddress: { since: '0.11.0', source: 'metallb/metallb#562' },
  electsLocalOnlyWithoutMemberlist: { since: '0.11.0', until: '0.13.0', source: 'metallb/metallb#2425' },
  announcesNothingWithoutMemberlist: { since: '0.13.0', until: '0.15.0', source: 'metallb/metallb#2425' },
  electsAnyNodeWithoutMemberlist: { since: '0.15.0', source: 'metallb/metallb#2549' },
  honoursExcludeLabel: { since: '0.14.2', source: 'metallb/metallb#2073' },
  /** `--ignore-exclude-lb`, Helm `speaker.ignoreExcludeLB`. */
  canIgnoreExcludeLabel: { since: '0.14.4', source: 'metallb/metallb#2280' },
  selectsServices: { since: '0.16.0', source: 'metallb/metallb#3014' },
  /** `L2Advertisement.spec.interfaces`. */
  selectsInterfaces: { since: '0.13.6', source: 'metallb/metallb#1536' },
  readsAddressPools: { since: '0.13.0', until: '0.14.0', source: 'metallb/metallb#2252' },
  /** PreferDualStack with one cluster IP and a pool of both families. */
  reassignsPreferDualStack: { since: '0.14.9', until: '0.15.0', source: 'metallb/metallb#2726' },
  refusesPoolsWithNodeIps: { since: '0.15.0', source: 'metallb/metallb#2585' },
  /** `METALLB_ML_SECRET_KEY_PATH`; before, `METALLB_ML_SECRET_KEY`. */
  readsKeyFromFile: { since: '0.13.9', source: 'metallb/metallb internal/speakerlist' },
  encryptsWithAes256: { since: '0.14.2', source: 'metallb/metallb#2140' },
} as const satisfies Record<string, VersionRange>
