// stdin: ""
const names = process.env.keys();
names.sort();
for (let i = 0; i < names.length; i++) console.log(names[i] + "=" + process.env.get(names[i]));
console.log(process.argv[0]);
