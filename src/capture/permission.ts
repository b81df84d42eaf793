import { CannotLook } from '../known.js'

/** The error for a raw socket that the kernel refused. */
export function noPermission(subject: string, cause: string, engine: 'cap' | 'tcpdump'): CannotLook {
  const other =
    engine === 'cap' ? '`sudo setcap cap_net_raw+ep "$(readlink -f "$(command -v node)")"`' : 'setcap on tcpdump'
  return new CannotLook({
    subject,
    reason: `not permitted (${cause.replaceAll(/\s+/g, ' ').trim()}): needs CAP_NET_RAW`,
    hint: `run with sudo, or grant it by ${other}, or record with tcpdump elsewhere and give the file to --read`,
  })
}
