/**
 * Passwords of ten characters and more that turn up again and again in leaked lists, in lower case. Shorter ones are
 * refused for their length.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  0123456789 01234567890 0987654321 1029384756 10203040506 1111111111 11111111111 111111111111 1122334455 1212121212
  1231231231 123123123123 1234512345 123456123456 1234567890 12345678900 12345678901 123456789010 1234567890a
  1234567890q 12345678910 1234567891011 123456789a 123456789abc 123456789q 123456789qwe 123456789z 123456qwerty
  1234qwerasdf 1234qwerasdfzxcv 1357924680 147258369a 1472583690 159753456852 1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u8i
  1qaz2wsx3edc 1qazxsw23edc 1qazxsw2345 2222222222 3333333333 4444444444 5555555555 6666666666 7777777777 8888888888
  9876543210 9876543211 9999999999 a123456789 a1b2c3d4e5 aa12345678 aaaaaaaaaa abc1234567 abc123456789 abcd123456
  abcd12345678 abcde12345 abcdefghij abcdefghijk abcdefghijkl administrator admin12345 admin123456 adminadmin
  alexander1 asd123456789 asdasdasda asdasdasdasd asdf123456 asdfasdfasdf asdfghjkl1 asdfghjkl123 asdfghjkl; asdfghjklz
  baseball12 basketball blink182blink changeme12 changeme123 changemeplease chocolate1 christopher computer12
  computer123 consumer12 correcthorsebatterystaple david12345 dragon1234 elizabeth1 football10 football12 football123
  fuckyou123 hello12345 hello123456 helloworld holdfast123 iloveyou12 iloveyou123 iloveyou1234 iloveyou22 iloveyouso
  internet12 jennifer12 jordan2323 letmein123 letmein1234 letmeinnow liverpool1 loveyou123 manchester michael123
  michelle12 monkey1234 mypassword mypassword1 nopassword p@ssw0rd12 p@ssw0rd123 p@ssword123 passw0rd12 passw0rd123
  passwd1234 password00 password01 password10 password11 password12 password123 password1234 password12345
  password123456 password1! password12! password123! password21 password22 password99 passwordpassword princess12
  princess123 q1w2e3r4t5 q1w2e3r4t5y6 q1w2e3r4t5y6u7i8 qazwsx1234 qazwsx12345 qazwsxedc1 qazwsxedc123 qazwsxedcrfv
  qwaszx1234 qwe123456789 qweasdzxc1 qweasdzxc123 qweqweqweq qweqweqweqwe qwer123456 qwer1234qwer qwerasdfzxcv
  qwerty0987 qwerty1234 qwerty12345 qwerty123456 qwerty1234567890 qwerty12345678 qwertyqwerty qwertyuiop qwertyuiop1
  qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyuiopasdf secret1234 secretpassword spiderman1 sunshine12 sunshine123
  superman12 superman123 tequiero123 test123456 test1234test testtest12 testtest123 thisisapassword trustno1trustno1
  volleyball welcome123 welcome1234 welcome12345 whatever12 whatever123 yourpassword zaq12wsx34 zaq1zaq1zaq1
  zaq12wsxcde3 zxcvbnm123 zxcvbnm1234 zxcvbnm12345 zxcvbnmzxcvbnm zxcvbnm,./
  `
    .trim()
    .split(/\s+/),
);
