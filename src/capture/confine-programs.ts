/**
 * Programs that give up every right but CAP_NET_RAW, then become another program: for machines where setpriv is missing or
 * cannot do it. Arguments: the numbers of the system calls prctl and capset, user and group (`-` keeps them), the command.
 * Dropping the bounding set is refused without CAP_SETPCAP and goes without saying then: no_new_privs closes that way too.
 * Numbers from linux/prctl.h: 24 PR_CAPBSET_DROP, 8 PR_SET_KEEPCAPS, 47 PR_CAP_AMBIENT, 38 PR_SET_NO_NEW_PRIVS; 13 is CAP_NET_RAW.
 */

export const PERL_CONFINES = String.raw`
my ($prctl, $capset, $uid, $gid) = map { $_ eq '-' ? $_ : $_ + 0 } splice @ARGV, 0, 4;
syscall($prctl, 24, $_, 0, 0, 0) for grep { $_ != 13 } 0 .. 63;
if ($uid ne '-') {
  syscall($prctl, 8, 1, 0, 0, 0);
  $( = $gid; $) = "$gid $gid"; ($<, $>) = ($uid, $uid);
  $> == $uid or die "cannot change the user: $!\n";
}
my ($header, $sets) = (pack('L i', 0x20080522, 0), pack('L6', (1 << 13) x 3, 0, 0, 0));
syscall($capset, $header, $sets) == 0 or die "capset: $!\n";
syscall($prctl, 47, 2, 13, 0, 0) == 0 or die "ambient: $!\n";
syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!\n";
exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
`

export const PYTHON_CONFINES = `
import ctypes, os, struct, sys
prctl, capset = int(sys.argv[1]), int(sys.argv[2])
syscall = ctypes.CDLL(None, use_errno=True).syscall
def need(what, *numbers):
    if syscall(*numbers) != 0:
        sys.exit(what + ": " + os.strerror(ctypes.get_errno()))
for cap in range(64):
    if cap != 13:
        syscall(prctl, 24, cap, 0, 0, 0)
if sys.argv[3] != "-":
    uid, gid = int(sys.argv[3]), int(sys.argv[4])
    syscall(prctl, 8, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
need("capset", capset, struct.pack("Ii", 0x20080522, 0), struct.pack("6I", *[1 << 13] * 3, 0, 0, 0))
need("ambient", prctl, 47, 2, 13, 0, 0)
need("no_new_privs", prctl, 38, 1, 0, 0, 0)
os.execvp(sys.argv[5], sys.argv[5:])
`
