"""What the sample newsroom writes about: places, people and story templates, all invented but the places.

Templates are plain text. `[a|b]` is a choice, `{name}` a slot (`newsroom.py` fills them), `<text>` a link.
In a body, an empty line parts the blocks; `## ` opens a heading, `> ` a quotation, `* ` a list item.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A town, the province (or country) that it is in, and the kinds of story that can happen there."""

    kota: str
    provinsi: str
    kinds: str  # of "pesisir", "gunung", "kota", "dunia"


@dataclass(frozen=True)
class Story:
    """A story that can be told of many places; `categories` names its own and, maybe, a second one."""

    categories: tuple[str, ...]
    tags: str  # separated by commas
    lembaga: str  # the institution: a choice
    jabatan: str  # what its speaker does there: a choice
    headlines: str  # one a line, each naming the place
    summary: str
    caption: str
    body: str
    kinds: str = "pesisir gunung kota"


def _places(kinds: str, table: str) -> tuple[Place, ...]:
    rows = (line.split(",") for line in table.strip().splitlines())
    return tuple(Place(kota.strip(), provinsi.strip(), kinds) for kota, provinsi in rows)


PLACES = (
    *_places(
        "pesisir",
        """
        Ambon, Maluku
        Kupang, Nusa Tenggara Timur
        Bitung, Sulawesi Utara
        Kendari, Sulawesi Tenggara
        Ternate, Maluku Utara
        Sorong, Papua Barat Daya
        Tanjungpinang, Kepulauan Riau
        Pekalongan, Jawa Tengah
        Cirebon, Jawa Barat
        Banyuwangi, Jawa Timur
        Manna, Bengkulu
        Padang, Sumatra Barat
        Makassar, Sulawesi Selatan
        Balikpapan, Kalimantan Timur
        Tarakan, Kalimantan Utara
        Mataram, Nusa Tenggara Barat
        Pangkalpinang, Bangka Belitung
        Jepara, Jawa Tengah
        Baubau, Sulawesi Tenggara
        Sibolga, Sumatra Utara
        """,
    ),
    *_places(
        "gunung",
        """
        Wonosobo, Jawa Tengah
        Garut, Jawa Barat
        Magelang, Jawa Tengah
        Bukittinggi, Sumatra Barat
        Batu, Jawa Timur
        Ruteng, Nusa Tenggara Timur
        Tomohon, Sulawesi Utara
        Pagar Alam, Sumatra Selatan
        Takengon, Aceh
        Berastagi, Sumatra Utara
        Salatiga, Jawa Tengah
        Temanggung, Jawa Tengah
        Bangli, Bali
        Enrekang, Sulawesi Selatan
        Liwa, Lampung
        Sungai Penuh, Jambi
        Kuningan, Jawa Barat
        Bondowoso, Jawa Timur
        """,
    ),
    *_places(
        "kota",
        """
        Semarang, Jawa Tengah
        Surakarta, Jawa Tengah
        Yogyakarta, DI Yogyakarta
        Surabaya, Jawa Timur
        Bogor, Jawa Barat
        Palembang, Sumatra Selatan
        Muara Bungo, Jambi
        Pekanbaru, Riau
        Pontianak, Kalimantan Barat
        Banjarmasin, Kalimantan Selatan
        Samarinda, Kalimantan Timur
        Palangka Raya, Kalimantan Tengah
        Palu, Sulawesi Tengah
        Limboto, Gorontalo
        Medan, Sumatra Utara
        Serang, Banten
        Bandar Lampung, Lampung
        Denpasar, Bali
        """,
    ),
    *_places(
        "dunia",
        """
        Kyoto, Jepang
        Lisboa, Portugal
        Nairobi, Kenya
        Hanoi, Vietnam
        Montevideo, Uruguay
        Wellington, Selandia Baru
        Bergen, Norwegia
        Chiang Mai, Thailand
        Cebu, Filipina
        Utrecht, Belanda
        Porto Alegre, Brasil
        Kathmandu, Nepal
        Valparaiso, Cile
        Busan, Korea Selatan
        Zanzibar, Tanzania
        Ljubljana, Slovenia
        Galway, Irlandia
        Penang, Malaysia
        """,
    ),
)

REPORTERS = (
    "Ranti Wirasegara",
    "Bagas Kelanabumi",
    "Sekar Purwalaya",
    "Damar Tirtowening",
    "Laras Candrawana",
    "Galih Sandyakala",
    "Nirmala Arungsari",
    "Yosua Lembahrindu",
    "Intan Samodralaya",
    "Rimba Kertawangsa",
    "Mira Taludpanjang",
    "Elang Wanabakti",
)

PHOTOGRAPHERS = ("Tirta Langitbiru", "Wening Cahyalaya", "Aksa Rentangsamudra", "Puspa Lintangrimba")

GIVEN_NAMES = (
    "Ratih", "Bayu", "Wulan", "Surya", "Kirana", "Jagad", "Melati", "Banyu", "Asih", "Guntur", "Dewanti",
    "Lintang", "Panji", "Saraswita", "Tegar", "Anjani", "Rangga", "Cempaka", "Bima", "Nilam", "Raka",
    "Kinasih", "Satria", "Puspita",
)  # fmt: skip

FAMILY_NAMES = (
    "Pranatawana", "Wiralangit", "Sastrabumi", "Kertabuana", "Lumbungsari", "Tandirimba", "Segarawani",
    "Mandalajati", "Rinduasri", "Padangwulan", "Arusmaya", "Citralembah", "Banyuurip", "Hutanraya",
    "Telukdalem", "Gunungsari",
)  # fmt: skip

# For news from abroad.
GIVEN_NAMES_ABROAD = (
    "Mirela", "Anselm", "Ondine", "Teodor", "Yulka", "Rasmin", "Fidela", "Corvin", "Amaris", "Lioren",
    "Sanne", "Ilario",
)  # fmt: skip

FAMILY_NAMES_ABROAD = (
    "Tovane", "Okurell", "Brannvik", "Solmarin", "Hadewy", "Castrenne", "Ilvamaki", "Nerudaire", "Wendelyn",
    "Arkhale",
)  # fmt: skip

CORRECTIONS = (
    "Nama {tokoh} pada naskah sebelumnya salah eja dan telah diperbaiki. Redaksi mohon maaf.",
    "Keterangan hari kegiatan pada paragraf pertama telah diperbaiki menjadi {hari}.",
    "Jabatan {tokoh} yang benar adalah {jabatan} {lembaga}. Naskah telah diperbarui.",
    "Angka pada paragraf kedua telah disesuaikan dengan catatan resmi {lembaga}.",
)

# A last paragraph for any story; a link follows it.
CLOSINGS = (
    "Sampai berita ini ditulis, {lembaga} masih menghimpun tanggapan dari warga yang [hadir|mengikuti] "
    "maupun yang berhalangan. Masukan tertulis dapat disampaikan hingga {belasan} hari mendatang, dan "
    "semuanya akan dijawab dalam pertemuan berikutnya. Mereka yang tidak terbiasa menulis boleh "
    "menyampaikannya secara lisan kepada petugas.",
    "Seusai kegiatan, {tokoh} meluangkan waktu berbincang dengan sejumlah orang yang [masih penasaran|"
    "belum sempat bertanya]. Ia menegaskan, pekerjaan ini baru permulaan dan hasilnya akan ditinjau lagi "
    "dalam {sedikit} bulan. Jika ada yang keliru, ia meminta diingatkan lebih awal agar mudah dibenahi.",
    "Redaksi akan mengikuti kelanjutannya dan kembali menemui {warga} serta sejumlah narasumber lain "
    "dalam {sedikit} bulan mendatang. Pembaca yang mengalami hal serupa di tempat lain [dipersilakan|"
    "kami undang] berbagi cerita. Kisah terpilih akan dimuat tanpa biaya, dengan nama atau tanpa nama.",
    "Bagi {tokoh}, ukuran keberhasilan bukan hanya angka. “Kalau tahun depan orang masih mau datang tanpa "
    "diundang, itu tandanya kami berada di jalan yang benar,” ujarnya. Ia lalu [berpamitan|kembali] untuk "
    "membereskan kursi bersama beberapa sukarelawan yang sejak pagi belum beristirahat.",
    "Rencana berikutnya sedang disusun bersama {puluhan} sukarelawan. Mereka dibagi dalam {sedikit} "
    "kelompok kecil dengan tugas yang jelas, mulai dari [dokumentasi|mencatat masukan] hingga menyiapkan "
    "tempat. Pendaftaran sukarelawan baru dibuka sepanjang bulan dan tidak mensyaratkan pengalaman.",
    "Cuaca cerah ikut membantu kelancaran acara. Hingga selesai, tidak ada kejadian yang berarti selain "
    "[listrik yang padam sebentar|hujan kecil selama {belasan} menit]. Para peserta pulang dengan membawa "
    "catatan masing-masing, sebagian lainnya masih bertahan sambil menikmati kopi dan kudapan rumahan.",
)

LINKS = (
    "Ringkasan kegiatan ini, lengkap dengan foto dan nama para peserta, dapat dibaca di <laman {lembaga}>.",
    "Catatan lengkap, jadwal berikutnya, dan nomor yang dapat dihubungi tersedia di <pusat informasi {lembaga}>.",
    "Pembaca yang ingin bertanya atau menambahkan keterangan dapat menulis lewat <formulir tanya jawab {lembaga}>.",
    "Data yang dipakai dalam laporan ini, termasuk cara menghitungnya, dapat diunduh dari <lumbung data {lembaga}>.",
    "Liputan ini bagian dari rangkaian cerita dari berbagai kota. Baca juga: <jejak liputan dari {kota}>.",
)

# Paragraphs that fit any story of a category: what the story stands in, and what comes next.
BACKGROUND = {
    "Politik": (
        "{provinsi} dalam beberapa tahun terakhir [mencoba|menguji] berbagai cara agar keputusan yang "
        "menyangkut warga dibicarakan lebih awal. Tidak semuanya berjalan mulus, tetapi kehadiran warga "
        "dalam pertemuan terbuka tercatat naik sekitar {persen} persen.",
        "Pengamat tata kelola {warga} menilai langkah seperti ini [perlu diukur|baru berarti] setelah satu "
        "tahun anggaran. “Yang penting bukan ramainya pertemuan, melainkan apa yang dikerjakan sesudahnya,” "
        "katanya saat dihubungi terpisah.",
        "Notulen pertemuan [akan diumumkan|dipasang] paling lambat {sedikit} hari setelah acara, sehingga "
        "warga yang tidak hadir masih dapat menyampaikan tanggapan secara tertulis.",
    ),
    "Ekonomi": (
        "Pelaku usaha kecil di {provinsi} masih menghadapi ongkos angkut yang [tinggi|tidak menentu]. Karena "
        "itu, sebagian dari mereka memilih membeli bahan baku bersama-sama agar harga per kilogram lebih "
        "ringan.",
        "Pengajar ekonomi pembangunan {warga} mengingatkan agar pertumbuhan tidak hanya dilihat dari omzet. "
        "“Lihat juga apakah keluarga perajin dan petani ikut menabung,” ujarnya.",
        "Hingga akhir tahun, {lembaga} menyiapkan {belasan} kali pendampingan pembukuan sederhana. Pesertanya "
        "[dipilih|diutamakan] dari usaha yang belum pernah mencatat pemasukan dan pengeluaran.",
    ),
    "Nusantara": (
        "Cerita dari {kota} ini [bukan satu-satunya|mirip dengan yang terjadi] di {provinsi}. Di beberapa "
        "kecamatan tetangga, gotong royong serupa mulai dijadwalkan sebulan sekali, biasanya pada akhir "
        "pekan ketika para perantau pulang.",
        "Salah seorang warga, {warga}, mengaku semula ragu. “Lama-lama kami merasa ini pekerjaan bersama, "
        "bukan pekerjaan orang lain,” tuturnya sambil [tersenyum|menyeka keringat].",
        "Biaya kegiatan, menurut catatan panitia, berasal dari iuran warga dan sumbangan perantau sebesar "
        "{juta} juta rupiah yang dikumpulkan selama {sedikit} tahun.",
    ),
    "Olahraga": (
        "Pembinaan usia muda di {provinsi} [bertumpu|bergantung] pada sanggar dan klub kecil yang dikelola "
        "sukarelawan. Banyak di antaranya berlatih di lapangan desa, bergantian dengan kegiatan warga lain.",
        "Mantan atlet {warga}, yang kini melatih anak-anak di pinggiran {kota}, menyebut jam terbang sebagai "
        "kunci. “Anak-anak di sini cepat belajar, mereka hanya kurang bertanding,” ujarnya.",
        "Panitia menjadwalkan pertandingan berikutnya {sedikit} pekan lagi. Tiket dijual dengan harga "
        "terjangkau, dan sebagian hasilnya dipakai untuk [memperbaiki tribun|membeli perlengkapan latihan].",
    ),
    "Teknologi": (
        "Jaringan internet di {provinsi} belum merata. Karena itu, perangkat ini dirancang tetap [bekerja|"
        "mencatat data] ketika sambungan terputus, lalu mengirimkannya begitu sinyal kembali.",
        "Peneliti lepas {warga} memuji pilihan membuka kode program, tetapi meminta agar keamanan data "
        "diperiksa pihak lain. “Terbuka saja belum cukup, harus ada yang benar-benar membaca,” katanya.",
        "Pengembangan tahap berikut [membutuhkan|diperkirakan menelan] dana {miliar} miliar rupiah. Sebagian "
        "sudah tersedia, sisanya akan dicari lewat kerja sama riset dengan kampus.",
    ),
    "Budaya": (
        "Kekayaan budaya {provinsi} kerap diwariskan dari mulut ke mulut. Para pegiat [berlomba|berupaya] "
        "mencatatnya sebelum para penutur terakhir berhalangan bercerita.",
        "Bagi {warga}, pengunjung yang datang bersama {sedikit} anggota keluarganya, acara ini mengingatkan "
        "pada masa kecil. “Dulu nenek saya yang bercerita. Sekarang giliran saya membawa anak-anak,” ujarnya.",
        "Rekaman kegiatan disimpan sebagai arsip suara dan gambar. {lembaga} mempersilakan sekolah dan "
        "sanggar [memakainya|menyalinnya] tanpa biaya selama mencantumkan sumber.",
    ),
    "Lingkungan": (
        "Perubahan pola hujan membuat warga {provinsi} harus [lebih sigap|menata ulang kalender tanam]. Dalam "
        "{belasan} tahun terakhir, hari hujan lebat tercatat lebih jarang tetapi lebih deras.",
        "Warga setempat, {warga}, ikut mencatat perubahan di sekitar rumahnya. “Burung mulai kembali, air "
        "juga tidak secokelat dulu,” katanya.",
        "Pemantauan dilakukan setiap {sedikit} bulan dengan cara yang sama, supaya [hasilnya dapat "
        "dibandingkan|perubahan kecil pun terlihat] dari tahun ke tahun.",
    ),
    "Pendidikan": (
        "Di {provinsi}, jarak masih menjadi kendala. Sebagian murid menempuh lebih dari {sedikit} kilometer "
        "ke sekolah, sehingga kegiatan tambahan [perlu menyesuaikan|harus mengikuti] jadwal angkutan.",
        "Orang tua murid, {warga}, melihat perubahan di rumah. “Anak saya sekarang yang mengajak membaca "
        "sebelum tidur,” tuturnya.",
        "Evaluasi akan dilakukan pada akhir semester. {lembaga} berjanji [membuka|membagikan] hasilnya "
        "kepada sekolah lain, termasuk bagian yang belum berhasil.",
    ),
    "Kesehatan": (
        "Tenaga kesehatan di {provinsi} mengingatkan bahwa pencegahan jauh lebih murah daripada pengobatan. "
        "Kebiasaan kecil, seperti [mencuci tangan dan cukup tidur|berjalan kaki dan minum air putih], tetap "
        "menjadi anjuran pertama.",
        "Peserta kegiatan, {warga}, mengaku baru kali ini memeriksakan diri. “Ternyata tidak serumit yang "
        "saya kira, hanya sekitar {belasan} menit,” katanya.",
        "Layanan dibuka setiap pekan pada jam yang sama. Warga cukup membawa kartu identitas; [tidak ada "
        "pungutan|seluruh layanan dasar tidak dipungut biaya].",
    ),
    "Dunia": (
        "Bagi pembaca di Tanah Air, pengalaman {kota} menarik karena [persoalannya serupa|kotanya tidak "
        "terlalu besar]. Sejumlah kota di Indonesia sedang mencari cara yang cocok dengan anggaran mereka.",
        "Mahasiswa Indonesia di {kota}, {warga}, mengikuti perkembangan itu sejak awal. “Yang saya lihat, "
        "mereka berani mencoba dalam ukuran kecil dulu,” tuturnya melalui sambungan video.",
        "Sejauh ini, {lembaga} telah menerima kunjungan belajar dari {belasan} kota di berbagai negara. "
        "Catatan keberhasilan dan kegagalan [dibuka untuk umum|ditulis dalam satu laporan].",
    ),
}

STORIES = (
    Story(
        ("Politik", "Nusantara"),
        "Rembuk Warga, Anggaran, Pelayanan Publik",
        "Forum Rembuk Warga|Simpul Tata Kampung",
        "koordinator|sekretaris",
        """
        Rembuk Terbuka di {kota} Sepakati {belasan} Usulan Prioritas Warga
        Warga {kota} Ikut Menyusun Anggaran, {belasan} Usulan Masuk Daftar
        Dari Perbaikan Trotoar hingga Posyandu, Ini Usulan Warga {kota}
        """,
        "Sebanyak {ratusan} warga {kota} membahas anggaran lingkungan dalam rembuk terbuka. Dari "
        "{puluhan} usulan yang masuk, {belasan} di antaranya disepakati sebagai prioritas.",
        "Suasana rembuk warga di sebuah balai pertemuan di {kota}, {provinsi}",
        """
        Sebanyak {ratusan} warga {kota}, {provinsi}, mengikuti rembuk terbuka tentang anggaran lingkungan
        yang digelar {lembaga}, {hari}. Pertemuan yang [berlangsung hampir empat jam|dimulai selepas asar]
        itu menyepakati {belasan} usulan prioritas untuk tahun depan.

        {jabatan_besar} {lembaga} {tokoh} mengatakan, ada {puluhan} usulan yang masuk sejak kotak saran
        dibuka sebulan lalu. Setiap usulan dibacakan, ditanggapi, lalu [dipilih dengan kartu warna|
        disepakati lewat musyawarah].

        > “Tidak ada usulan yang hilang. Yang belum terpilih tetap dicatat dan dibahas lagi tahun depan,”
        > kata {tokoh}.

        ## Jalan kaki dan posyandu
        Usulan yang paling banyak mendapat dukungan berkaitan dengan jalur pejalan kaki, penerangan gang,
        dan [jadwal posyandu|tempat bermain anak]. Warga juga meminta papan informasi yang mudah dibaca.

        Rembuk itu membagi usulan dalam tiga kelompok:
        * pekerjaan kecil yang dapat selesai dalam {sedikit} bulan;
        * pekerjaan yang membutuhkan izin dan perhitungan teknis;
        * layanan yang cukup diperbaiki dengan mengubah jadwal.
        """,
    ),
    Story(
        ("Politik",),
        "Pelayanan Publik, Keterbukaan Informasi, Kependudukan",
        "Pusat Layanan Satu Atap Kerta|Balai Layanan Warga Sejahtera",
        "kepala|penanggung jawab",
        """
        Antrean Layanan Warga di {kota} Dipangkas Menjadi {belasan} Menit
        Layanan Sabtu di {kota} Diminati, {ratusan} Berkas Selesai Sehari
        Uji Coba Loket Keliling di {kota} Jangkau {belasan} Kelurahan
        """,
        "Penataan ulang antrean membuat waktu tunggu layanan warga di {kota} turun menjadi rata-rata "
        "{belasan} menit. Loket keliling dan layanan akhir pekan ikut diuji coba.",
        "Warga menunggu giliran di loket layanan keliling di {kota}",
        """
        Waktu tunggu layanan warga di {kota}, {provinsi}, turun menjadi rata-rata {belasan} menit setelah
        {lembaga} menata ulang antrean. Hal itu disampaikan dalam [paparan terbuka|temu warga], {hari}.

        Sebelumnya, warga bisa menunggu lebih dari satu jam, terutama pada awal pekan. “Masalahnya bukan
        jumlah loket, melainkan berkas yang [bolak-balik|harus diperiksa dua kali],” kata {jabatan}
        {lembaga} {tokoh}.

        Kini berkas diperiksa saat warga mengambil nomor antrean. Jika ada yang kurang, petugas memberi tahu
        lebih dulu sehingga warga tidak perlu [menunggu sia-sia|mengantre dari awal].

        ## Loket keliling
        Selain di kantor, layanan dibuka lewat loket keliling yang mendatangi {belasan} kelurahan secara
        bergiliran. Dalam satu hari, sedikitnya {ratusan} berkas dapat diselesaikan.

        > “Bagi warga lanjut usia, loket yang datang ke kampung jauh lebih berguna daripada aplikasi,” ujar
        > {tokoh}.

        {lembaga} juga memasang layar yang menunjukkan [waktu tunggu|jumlah antrean] setiap loket. Data yang
        sama dapat dilihat lewat telepon genggam.
        """,
    ),
    Story(
        ("Politik", "Pendidikan"),
        "Pendidikan Warga, Pemilih Muda, Keterbukaan Informasi",
        "Sekolah Warga Muda|Lingkar Belajar Demokrasi",
        "pengasuh|ketua program",
        """
        {ratusan} Pelajar {kota} Belajar Bermusyawarah Lewat Sidang Tiruan
        Sidang Tiruan Pelajar di {kota} Bahas Kantin Sehat dan Sampah Plastik
        Pelajar {kota} Berlatih Berbeda Pendapat Tanpa Bertengkar
        """,
        "Pelajar dari {belasan} sekolah di {kota} berlatih menyusun usulan, berdebat, dan mengambil "
        "keputusan dalam sidang tiruan. Tema yang dibahas dekat dengan keseharian mereka.",
        "Peserta sidang tiruan pelajar menyampaikan pendapat di {kota}",
        """
        Sebanyak {ratusan} pelajar dari {belasan} sekolah di {kota}, {provinsi}, mengikuti sidang tiruan yang
        diadakan {lembaga}, {hari}. Mereka [berperan sebagai|bergantian menjadi] pimpinan sidang, pengusul,
        dan pencatat.

        Tema yang dibahas bukan soal yang jauh, melainkan kantin sehat, sampah plastik, dan jam belajar.
        Setiap kelompok wajib [membawa data|mendengarkan lawan bicara] sebelum menyampaikan usulan.

        > “Kami ingin anak-anak terbiasa berbeda pendapat tanpa harus bermusuhan,” kata {jabatan} {lembaga}
        > {tokoh}.

        Dalam sidang terakhir, usulan mengurangi plastik sekali pakai di kantin disepakati setelah dua kali
        perbaikan. {tokoh} menyebut perubahan kalimat dalam usulan itu sebagai [pelajaran terpenting|hasil
        latihan yang sesungguhnya].

        Naskah usulan akan diserahkan kepada sekolah masing-masing. {puluhan} guru pendamping ikut menyusun
        panduan agar latihan serupa dapat diulang di kelas.
        """,
    ),
    Story(
        ("Politik", "Teknologi"),
        "Keterbukaan Informasi, Data Terbuka, Anggaran",
        "Arsip Terbuka Nusantara|Komunitas Baca Anggaran",
        "peneliti|pengelola data",
        """
        Peta Belanja Kampung di {kota} Kini Bisa Dibaca Semua Orang
        Komunitas di {kota} Sederhanakan {ribuan} Halaman Dokumen Anggaran
        Anggaran {kota} Dijelaskan dalam Satu Lembar, Begini Cara Membacanya
        """,
        "Sebuah komunitas di {kota} menyederhanakan {ribuan} halaman dokumen anggaran menjadi peta dan "
        "lembar ringkas. Warga dapat melihat pekerjaan apa yang ada di dekat rumahnya.",
        "Relawan menandai peta pekerjaan umum dalam lokakarya di {kota}",
        """
        Dokumen anggaran setebal {ribuan} halaman kini dapat dibaca dalam bentuk peta oleh warga {kota},
        {provinsi}. Peta yang disusun {lembaga} itu diluncurkan {hari}.

        Setiap titik pada peta menunjukkan satu pekerjaan: [letaknya, nilainya, dan tenggatnya|apa yang
        dikerjakan, oleh siapa, dan sampai kapan]. Warna titik berubah ketika pekerjaan selesai.

        {jabatan_besar} {lembaga} {tokoh} menuturkan, {puluhan} sukarelawan bekerja selama {sedikit} bulan
        untuk menyalin tabel satu per satu. “Bagian tersulit justru menyamakan istilah,” katanya.

        ## Selembar untuk satu kampung
        Selain peta, tersedia lembar ringkas untuk setiap kelurahan. Di dalamnya terdapat:
        * lima pekerjaan terbesar di wilayah itu;
        * nama kantor yang dapat ditanya;
        * arti istilah yang sering muncul.

        > “Kalau warga mengerti, pertanyaannya menjadi lebih tajam dan jawabannya lebih baik,” ucap {tokoh}.
        """,
    ),
    Story(
        ("Ekonomi", "Nusantara"),
        "UMKM, Koperasi, Kerajinan",
        "Koperasi Anyam Lestari|Koperasi Karya Tenun Bersama",
        "ketua|bendahara",
        """
        Koperasi Perajin di {kota} Catat Kenaikan Pesanan {persen} Persen
        Perajin {kota} Kirim {ribuan} Produk Anyaman ke Luar Pulau
        Berawal dari {belasan} Anggota, Koperasi di {kota} Kini Menghidupi Ratusan Keluarga
        """,
        "Pesanan kerajinan dari {kota} naik {persen} persen dalam setengah tahun. Koperasi perajin kini "
        "menaungi {ratusan} anggota dan mulai menata pembukuan bersama.",
        "Perajin menyelesaikan anyaman di bengkel koperasi di {kota}, {provinsi}",
        """
        Pesanan produk kerajinan dari {kota}, {provinsi}, naik {persen} persen dalam enam bulan terakhir.
        {lembaga} mencatat, {ribuan} produk telah dikirim ke [luar pulau|berbagai kota], {hari}.

        Koperasi yang dirintis {belasan} perajin itu kini beranggotakan {ratusan} orang. Sebagian besar
        adalah [ibu rumah tangga|perajin muda] yang bekerja dari rumah dan menyetor hasilnya setiap pekan.

        > “Dulu kami bersaing menurunkan harga. Sekarang kami menyepakati mutu lebih dulu,” kata {jabatan}
        > {lembaga} {tokoh}.

        ## Mutu dan pembukuan
        Setiap produk diperiksa dua kali sebelum dikemas. Koperasi juga mencatat [bahan, waktu kerja, dan
        ongkos|siapa pembuatnya dan berapa lama dikerjakan], sehingga harga dapat dijelaskan kepada pembeli.

        Dengan pembukuan yang rapi, {lembaga} memperoleh pinjaman lunak {juta} juta rupiah untuk membeli
        bahan baku. Pinjaman itu [dicicil|akan dilunasi] dalam {belasan} bulan.
        """,
    ),
    Story(
        ("Ekonomi",),
        "Pasar Tradisional, Harga Pangan, UMKM",
        "Paguyuban Pedagang Pasar Wangi|Serikat Pedagang Pasar Pagi",
        "ketua|juru bicara",
        """
        Harga Cabai di {kota} Turun {persen} Persen, Pedagang Pasar Lega
        Pasar Pagi {kota} Kembali Ramai Setelah Lantai Dua Ditata Ulang
        Pedagang Pasar di {kota} Mulai Mencatat Harga Harian Bersama
        """,
        "Harga cabai dan bawang di pasar {kota} turun hingga {persen} persen. Pedagang mulai mencatat harga "
        "harian bersama agar pembeli dan petani melihat angka yang sama.",
        "Pedagang menata sayuran di pasar tradisional di {kota}",
        """
        Harga cabai di pasar tradisional {kota}, {provinsi}, turun {persen} persen dibandingkan dengan pekan
        lalu. {lembaga} menyebut pasokan [kembali lancar|membaik] sejak {hari}.

        Selain cabai, harga bawang merah dan tomat ikut melandai. Meski demikian, pembeli belum sepenuhnya
        [kembali|pulih]. Rata-rata kunjungan pasar tercatat {ribuan} orang per hari.

        “Pembeli sekarang membawa catatan, belanjanya lebih terencana,” tutur {jabatan} {lembaga} {tokoh}.

        ## Papan harga bersama
        Sejak bulan lalu, {puluhan} pedagang menulis harga pada satu papan di pintu masuk. Angka itu
        [difoto|disalin] setiap pukul tujuh pagi dan dibagikan kepada petani pemasok.

        > “Kalau petani tahu harga di pasar, mereka tidak perlu menebak-nebak kapan memanen,” ujar {tokoh}.

        Penataan lantai dua juga membuat lorong lebih lapang. {ratusan} kios yang semula tutup kini terisi
        [kembali|separuhnya], terutama oleh penjual makanan siap santap.
        """,
    ),
    Story(
        ("Ekonomi", "Nusantara"),
        "Perikanan, Koperasi, Ekspor",
        "Koperasi Bahari Makmur Bersama|Kelompok Nelayan Arus Timur",
        "ketua|pengurus",
        """
        Nelayan {kota} Simpan Tangkapan Lebih Lama Berkat Gudang Beku
        Gudang Beku Bersama di {kota} Tekan Susut Ikan {persen} Persen
        Tangkapan Melimpah, Nelayan {kota} Tak Lagi Menjual Murah
        """,
        "Gudang beku milik bersama membuat nelayan {kota} tidak harus menjual ikan pada hari yang sama. "
        "Susut tangkapan turun {persen} persen dan harga lebih stabil.",
        "Nelayan menurunkan ikan di dermaga {kota}, {provinsi}",
        """
        Nelayan di {kota}, {provinsi}, kini dapat menyimpan tangkapan lebih lama setelah gudang beku milik
        {lembaga} beroperasi penuh, {hari}. Gudang itu [mampu menampung|berkapasitas] {puluhan} ton ikan.

        Sebelumnya, ikan yang tidak terjual pada pagi hari harus dilepas dengan harga rendah. “Sekarang kami
        bisa menunggu [harga yang pantas|kapal pengangkut datang],” kata {jabatan} {lembaga} {tokoh}.

        Dalam {sedikit} bulan masa uji coba, susut tangkapan turun {persen} persen. Anggota yang memakai
        gudang membayar sewa harian yang dihitung per peti.

        ## Dikelola anggota
        Sebanyak {ratusan} nelayan menjadi pemilik gudang. Setiap bulan mereka menerima laporan tentang:
        * jumlah ikan yang masuk dan keluar;
        * biaya listrik serta perawatan mesin;
        * sisa hasil usaha yang dibagikan.

        > “Mesin bisa rusak, tetapi kalau catatannya jujur, anggota tetap percaya,” tutur {tokoh}.
        """,
        "pesisir",
    ),
    Story(
        ("Ekonomi", "Lingkungan"),
        "Pertanian, Kopi, Ekspor",
        "Kebun Bersama Puncak Wangi|Kelompok Tani Lereng Hijau",
        "ketua|pendamping",
        """
        Petani Kopi {kota} Panen Lebih Awal, Mutu Biji Dinilai Naik
        Kopi Lereng {kota} Dilirik Pembeli, Petani Jaga Pohon Peneduh
        Panen Kopi di {kota} Capai {ratusan} Ton, Petani Olah Sendiri
        """,
        "Panen kopi di lereng {kota} diperkirakan mencapai {ratusan} ton. Petani memilih mengolah biji "
        "sendiri dan mempertahankan pohon peneduh agar mutu terjaga.",
        "Petani menjemur biji kopi di lereng dekat {kota}",
        """
        Petani kopi di sekitar {kota}, {provinsi}, memulai panen [lebih awal|dua pekan lebih cepat] pada
        {hari}. {lembaga} memperkirakan hasil musim ini mencapai {ratusan} ton biji kering.

        Musim kemarau yang pendek membuat buah matang hampir bersamaan. Para petani [bergotong royong|bekerja
        bergiliran] memetik hanya buah merah, walaupun pekerjaan itu memakan waktu lebih lama.

        > “Selisih harganya bisa {persen} persen. Jadi, sabar memetik itu ada hasilnya,” kata {jabatan}
        > {lembaga} {tokoh}.

        ## Peneduh tidak ditebang
        Di kebun milik anggota, pohon peneduh dipertahankan meski memakan tempat. Daunnya menjadi kompos,
        sedangkan akarnya [menahan tanah|menyimpan air] di lereng yang curam.

        Sebanyak {puluhan} keluarga kini mengolah biji hingga siap sangrai. Mereka [memakai rumah jemur|
        berbagi mesin pengupas] yang dibangun bersama dengan biaya {juta} juta rupiah.
        """,
        "gunung",
    ),
    Story(
        ("Nusantara",),
        "Infrastruktur, Desa, Gotong Royong",
        "Panitia Jembatan Gantung Rukun|Kelompok Kerja Jalan Kampung",
        "ketua|mandor",
        """
        Jembatan Gantung di {kota} Rampung, Anak Sekolah Tak Lagi Memutar
        Warga Pinggiran {kota} Bangun Jembatan Gantung Selama {sedikit} Bulan
        Jembatan Baru di {kota} Persingkat Perjalanan {puluhan} Menit
        """,
        "Jembatan gantung di pinggiran {kota} rampung setelah dikerjakan bersama selama {sedikit} bulan. "
        "Perjalanan ke sekolah dan pasar berkurang hingga {puluhan} menit.",
        "Warga melintasi jembatan gantung yang baru selesai di pinggiran {kota}",
        """
        Jembatan gantung sepanjang {puluhan} meter di pinggiran {kota}, {provinsi}, mulai dilintasi warga,
        {hari}. Jembatan itu dibangun {lembaga} bersama [para perantau|warga dua kampung].

        Selama ini, anak-anak harus memutar atau menyeberang dengan rakit ketika [air tinggi|hujan turun].
        Kini perjalanan ke sekolah dan pasar berkurang sekitar {puluhan} menit.

        > “Hari pertama, anak-anak bolak-balik menyeberang hanya untuk mencoba,” kata {jabatan} {lembaga}
        > {tokoh}.

        ## Giliran merawat
        Pekerjaan berat dipimpin tukang berpengalaman, sedangkan warga [mengangkut pasir dan papan|menyiapkan
        fondasi dan konsumsi]. Dalam {sedikit} bulan, tercatat {ribuan} jam kerja sukarela.

        Agar awet, warga menyusun giliran merawat. Setiap regu wajib memeriksa:
        * baut dan kawat penggantung;
        * papan yang lapuk;
        * batas beban, yaitu {belasan} orang sekali lintas.
        """,
    ),
    Story(
        ("Nusantara", "Ekonomi"),
        "Pariwisata, Desa, UMKM",
        "Kelompok Sadar Wisata Rupa Alam|Paguyuban Rumah Singgah",
        "ketua|pemandu",
        """
        Desa Wisata di {kota} Batasi Pengunjung demi Kenyamanan Warga
        Kunjungan ke Desa Wisata {kota} Naik {persen} Persen, Warga Siapkan Aturan
        Menginap di Rumah Warga, Cara {kota} Menjamu Pelancong
        """,
        "Desa wisata di sekitar {kota} membatasi jumlah pengunjung setelah kunjungan naik {persen} persen. "
        "Warga ingin pelancong tinggal lebih lama, bukan sekadar lewat.",
        "Pelancong berjalan di desa wisata tidak jauh dari {kota}",
        """
        Desa wisata di sekitar {kota}, {provinsi}, mulai membatasi kunjungan paling banyak {ratusan} orang
        per hari. Aturan yang disusun {lembaga} itu [berlaku|diuji coba] mulai {hari}.

        Dalam setahun, kunjungan naik {persen} persen. Namun, sebagian besar pelancong hanya singgah satu
        jam. “Kami ingin tamu [mengenal kami|pulang membawa cerita], bukan hanya foto,” ucap {jabatan}
        {lembaga} {tokoh}.

        ## Rumah singgah
        Sebanyak {puluhan} keluarga menyiapkan kamar untuk tamu. Mereka sepakat menyajikan [sayur dari
        kebun|masakan rumah] dan membagi giliran supaya setiap keluarga mendapat tamu.

        > “Tamu yang menginap biasanya ikut memasak atau ke ladang. Dari situ persahabatan dimulai,” kata
        > {tokoh}.

        Pendapatan dari tiket dibagi tiga: untuk pemandu, untuk kas kampung, dan untuk [perawatan jalan
        setapak|beasiswa anak kampung]. Tahun lalu, kas kampung menerima {juta} juta rupiah.
        """,
    ),
    Story(
        ("Nusantara",),
        "Transportasi, Kepulauan, Pelayanan Publik",
        "Perhimpunan Pelayaran Rakyat Samudra|Badan Pengelola Dermaga Lestari",
        "kepala|juru bicara",
        """
        Kapal Penghubung dari {kota} Kini Berlayar {sedikit} Kali Sepekan
        Jadwal Kapal Perintis di {kota} Ditambah, Ongkos Barang Turun
        Warga Pulau Kecil Dekat {kota} Sambut Rute Kapal Baru
        """,
        "Kapal penghubung dari {kota} ke pulau-pulau kecil di {provinsi} kini berlayar {sedikit} kali "
        "sepekan. Ongkos angkut barang pokok turun sekitar {persen} persen.",
        "Kapal penghubung bersandar di dermaga {kota}",
        """
        Kapal penghubung dari {kota} ke pulau-pulau kecil di {provinsi} kini berlayar {sedikit} kali sepekan.
        {lembaga} [mengumumkan|menetapkan] jadwal baru itu pada {hari}.

        Penambahan jadwal membuat warga tidak perlu [menunggu berhari-hari|menyewa perahu] untuk berobat atau
        berbelanja. Kapal dapat membawa {ratusan} penumpang dan {puluhan} ton barang.

        > “Yang paling ditunggu sebenarnya sederhana: beras datang tepat waktu dan anak-anak bisa pulang
        > saat libur,” kata {jabatan} {lembaga} {tokoh}.

        Ongkos angkut barang pokok turun {persen} persen dalam sebulan pertama. Harga beberapa kebutuhan,
        seperti minyak goreng dan gula, [mulai mendekati|tidak lagi jauh dari] harga di kota.

        ## Menyesuaikan musim
        Pada musim angin barat, jadwal akan diatur ulang. Pemberitahuan disampaikan melalui radio,
        pengeras suara dermaga, dan [pesan singkat|papan pengumuman] paling lambat {belasan} jam sebelumnya.
        """,
        "pesisir",
    ),
    Story(
        ("Nusantara", "Lingkungan"),
        "Kebencanaan, Gotong Royong, Cuaca",
        "Regu Siaga Kampung Tangguh|Jaringan Radio Siaga Warga",
        "komandan latihan|koordinator",
        """
        {ratusan} Warga {kota} Ikuti Latihan Evakuasi Mandiri
        Latihan Siaga di {kota}: Sirene Berbunyi, Warga Berkumpul {belasan} Menit
        Kampung Siaga di {kota} Petakan {puluhan} Jalur Evakuasi
        """,
        "Latihan evakuasi mandiri di {kota} diikuti {ratusan} warga. Seluruh peserta tiba di titik kumpul "
        "dalam {belasan} menit, lebih cepat daripada latihan sebelumnya.",
        "Warga menuju titik kumpul dalam latihan evakuasi di {kota}, {provinsi}",
        """
        Sirene latihan berbunyi di {kota}, {provinsi}, {hari} pagi. Dalam {belasan} menit, {ratusan} warga
        sudah berada di titik kumpul yang ditentukan {lembaga}.

        Waktu itu lebih cepat {sedikit} menit dibandingkan dengan latihan sebelumnya. {jabatan_besar}
        {lembaga} {tokoh} menyebut [papan penunjuk baru|pembagian tugas per gang] sebagai penyebabnya.

        > “Latihan yang baik bukan yang tanpa salah, tetapi yang salahnya dicatat,” ujar {tokoh}.

        ## Lansia lebih dulu
        Setiap rumah mempunyai daftar tetangga yang perlu dibantu. Anak muda ditugasi [mendampingi lansia|
        membawa kursi roda], sedangkan guru memastikan murid tidak berpencar.

        Warga dianjurkan menyiapkan satu tas kecil berisi:
        * air minum dan makanan kering;
        * senter, peluit, dan obat pribadi;
        * salinan dokumen penting dalam plastik.
        """,
    ),
    Story(
        ("Olahraga",),
        "Sepak Bola, Pembinaan Usia Muda, Liga Daerah",
        "Elang Muda {kota}|Bintang Lapangan {kota}",
        "pelatih kepala|pelatih",
        """
        {lembaga} Tutup Musim dengan {belasan} Laga Tanpa Kalah
        Gol Menit Akhir Antar Tim Remaja {kota} ke Semifinal
        Tim Remaja {kota} Andalkan Serangan Sayap di Liga Daerah
        """,
        "Tim remaja {kota} melaju di liga daerah setelah menjalani {belasan} laga tanpa kekalahan. Pelatih "
        "meminta pemain tetap mengutamakan sekolah.",
        "Pemain remaja merayakan gol di lapangan {kota}",
        """
        Tim remaja {lembaga} [memastikan|mengamankan] satu tempat di semifinal liga daerah setelah menang
        {skor} di Lapangan Taman Kota, {kota}, {provinsi}, {hari}.

        Gol penentu lahir {sedikit} menit sebelum peluit panjang lewat [sundulan|tendangan mendatar] setelah
        serangan dari sisi kanan. Sebelumnya, kedua tim bermain hati-hati di hadapan {ribuan} penonton.

        > “Saya tidak bicara soal juara. Saya minta mereka menikmati laga dan tidak lupa mengerjakan tugas
        > sekolah,” kata {jabatan} {tokoh}.

        Kemenangan itu memperpanjang catatan tanpa kalah menjadi {belasan} laga. {tokoh} menilai [stamina|
        komunikasi antarlini] timnya membaik sejak latihan pagi ditambah menjadi {sedikit} kali sepekan.

        ## Perhatian pada pemulihan
        Tiga pemain yang sempat cedera ringan sudah kembali berlatih. Tim medis [membatasi|mengatur] waktu
        bermain mereka dan meminta seluruh pemain tidur cukup.
        """,
    ),
    Story(
        ("Olahraga", "Kesehatan"),
        "Lari, Gaya Hidup Sehat, Komunitas",
        "Komunitas Lari Fajar|Panitia Lari Keliling Kota",
        "ketua panitia|koordinator rute",
        """
        {ribuan} Pelari Ramaikan Lari Fajar Menyusuri Jantung {kota}
        Lari Sepuluh Kilometer di {kota} Digelar Tanpa Botol Plastik
        Jalanan {kota} Ditutup Tiga Jam untuk Lari Keluarga
        """,
        "Sebanyak {ribuan} pelari mengikuti lomba lari di {kota}. Panitia meniadakan botol plastik dan "
        "membuka kelas khusus bagi keluarga serta penyandang disabilitas.",
        "Peserta lari melintas di salah satu ruas jalan {kota}",
        """
        Sebanyak {ribuan} pelari mengikuti lomba lari yang digelar {lembaga} di {kota}, {provinsi}, {hari}.
        Peserta termuda berusia {sedikit} tahun dan berlari bersama [ayahnya|neneknya].

        Rute sepanjang sepuluh kilometer dimulai di alun-alun, melewati [kawasan kota lama|tepi sungai], dan
        kembali ke tempat semula. Ruas jalan ditutup selama tiga jam.

        > “Kami tidak mengejar rekor. Kami ingin orang yang belum pernah berlari berani mencoba,” tutur
        > {jabatan} {lembaga} {tokoh}.

        ## Tanpa botol plastik
        Di setiap titik minum, peserta mengisi ulang gelas lipat yang dibagikan saat pendaftaran. Dengan cara
        itu, panitia memperkirakan sampah berkurang {persen} persen.

        Kelas khusus bagi penyandang disabilitas diikuti {puluhan} peserta. Mereka [didampingi relawan|berlari
        lebih dulu] dan mendapat sambutan paling meriah di garis akhir.
        """,
    ),
    Story(
        ("Olahraga",),
        "Bulu Tangkis, Pembinaan Usia Muda, Komunitas",
        "Sanggar Kok Emas|Klub Raket Mandiri",
        "pelatih|pembina",
        """
        Bulu Tangkis Antarkampung di {kota} Lahirkan Ganda Putri Andalan
        Pebulu Tangkis {belasan} Tahun Asal {kota} Juarai Turnamen Terbuka
        Dari Lapangan Beton di {kota}, Sanggar Ini Cetak Juara Muda
        """,
        "Turnamen bulu tangkis antarkampung di {kota} diikuti {ratusan} peserta. Pemain muda binaan sanggar "
        "setempat keluar sebagai juara setelah laga tiga gim.",
        "Pemain muda berlatih bulu tangkis di gedung olahraga {kota}",
        """
        Turnamen bulu tangkis antarkampung di {kota}, {provinsi}, berakhir {hari}. Pemain binaan {lembaga}
        [merebut|membawa pulang] {sedikit} gelar dari {belasan} nomor yang dipertandingkan.

        Laga paling menegangkan terjadi di nomor ganda putri. Tertinggal pada gim pertama, pasangan tuan
        rumah [mengubah tempo|bermain lebih sabar] dan menang dalam tiga gim selama {puluhan} menit.

        “Mereka berani mengembalikan bola dengan tenang. Itu yang kami latih berbulan-bulan,” ujar
        {jabatan} {lembaga} {tokoh}.

        ## Lapangan beton
        Sanggar itu berdiri {belasan} tahun lalu di atas lapangan beton milik kampung. Baru tahun ini [lantai
        karet|atap baru] terpasang, hasil tabungan orang tua murid.

        > “Kok bekas kami pakai sampai bulunya habis. Anak-anak jadi menghargai setiap pukulan,” kata
        > {tokoh}.
        """,
    ),
    Story(
        ("Olahraga", "Budaya"),
        "Dayung, Tradisi, Pariwisata",
        "Panitia Pacu Perahu Nusa|Perkumpulan Dayung Ombak Tenang",
        "ketua panitia|pengawas lomba",
        """
        Pacu Perahu di {kota} Diikuti {puluhan} Regu dari Tiga Pulau
        Ribuan Penonton Padati Tepian {kota} Saksikan Lomba Dayung
        Regu Pelajar Jadi Kejutan Lomba Dayung Tradisional di {kota}
        """,
        "Lomba dayung tradisional di {kota} diikuti {puluhan} regu. Regu pelajar menjadi kejutan setelah "
        "menembus final dan finis di urutan kedua.",
        "Regu dayung mendekati garis akhir di perairan {kota}",
        """
        Sebanyak {puluhan} regu mengikuti lomba dayung tradisional di perairan {kota}, {provinsi}, {hari}.
        Acara yang digelar {lembaga} itu [disaksikan|dipadati] sekitar {ribuan} penonton.

        Setiap perahu diawaki {belasan} pendayung dan seorang pemukul gendang. Jarak tempuh {ratusan} meter
        diselesaikan regu tercepat dalam waktu kurang dari empat menit.

        > “Gendang itu bukan hiasan. Kalau iramanya kacau, perahu akan melambat,” jelas {jabatan} {lembaga}
        > {tokoh}.

        ## Kejutan dari pelajar
        Regu pelajar yang baru pertama kali ikut justru melaju ke final. Mereka berlatih selama {sedikit}
        bulan, [setiap sore sepulang sekolah|setiap akhir pekan], dengan perahu pinjaman.

        Panitia membagi lomba dalam beberapa kelas:
        * pelajar putra dan putri;
        * kampung pesisir;
        * keluarga, dengan perahu yang lebih kecil.
        """,
        "pesisir",
    ),
    Story(
        ("Teknologi", "Pendidikan"),
        "Perangkat Lunak Bebas, Pelajar, Inovasi",
        "Bengkel Kode Merdeka|Lab Rakit Pelajar",
        "pembimbing|pendiri",
        """
        Pelajar {kota} Rakit Alat Pantau Cuaca Seharga {ratusan} Ribu Rupiah
        Stasiun Cuaca Buatan Pelajar {kota} Dipasang di {belasan} Sekolah
        Berbekal Papan Rangkaian Bekas, Pelajar {kota} Ukur Curah Hujan
        """,
        "Sekelompok pelajar di {kota} merakit stasiun cuaca murah yang kini dipasang di {belasan} sekolah. "
        "Datanya terbuka dan dipakai petani di sekitar.",
        "Pelajar merakit alat pantau cuaca di sebuah bengkel di {kota}",
        """
        Sekelompok pelajar di {kota}, {provinsi}, merakit alat pantau cuaca dengan biaya {ratusan} ribu rupiah
        per unit. Alat binaan {lembaga} itu [dipamerkan|mulai dipasang] di {belasan} sekolah, {hari}.

        Alat tersebut mengukur suhu, kelembapan, dan curah hujan setiap {sedikit} menit. Wadahnya dibuat dari
        [pipa bekas|botol kaca], sedangkan papan rangkaiannya diambil dari perangkat yang sudah rusak.

        > “Mereka lebih banyak belajar dari alat yang gagal daripada dari yang langsung menyala,” kata
        > {jabatan} {lembaga} {tokoh}.

        ## Dibaca petani
        Data cuaca ditampilkan pada laman terbuka. Petani di sekitar sekolah memakainya untuk [menentukan
        waktu tanam|memutuskan kapan menjemur hasil panen].

        Rancangan alat dibagikan dengan lisensi bebas, lengkap dengan:
        * daftar komponen dan penggantinya;
        * kode program beserta penjelasannya;
        * catatan {puluhan} percobaan yang gagal.
        """,
    ),
    Story(
        ("Teknologi", "Ekonomi"),
        "Pembayaran Digital, UMKM, Literasi Digital",
        "Kelas Digital Kampung|Relawan Literasi Siber",
        "koordinator|pengajar",
        """
        Warung di {kota} Belajar Kenali Penipuan Digital Lewat Permainan Kartu
        Pedagang {kota} Diajari Membaca Bukti Transfer Palsu
        Literasi Digital Sasar {ratusan} Warung Kecil di {kota}
        """,
        "Relawan di {kota} mengajarkan cara mengenali penipuan digital kepada {ratusan} pemilik warung. "
        "Permainan kartu dipakai agar materi mudah diingat.",
        "Pemilik warung mengikuti kelas keamanan digital di {kota}, {provinsi}",
        """
        Sebanyak {ratusan} pemilik warung di {kota}, {provinsi}, mengikuti kelas keamanan digital yang digelar
        {lembaga}, {hari}. Materinya disampaikan lewat [permainan kartu|sandiwara pendek].

        Setiap kartu memuat satu siasat yang kerap dipakai penipu, misalnya bukti transfer palsu atau tautan
        hadiah. Peserta [menebak tanda bahayanya|menyusun jawaban yang aman] bersama-sama.

        > “Kami tidak menakut-nakuti. Kami melatih orang berhenti sepuluh detik sebelum menekan tombol,” ujar
        > {jabatan} {lembaga} {tokoh}.

        ## Tiga kebiasaan
        {tokoh} menganjurkan tiga kebiasaan sederhana bagi pemilik warung:
        * memeriksa saldo, bukan gambar bukti transfer;
        * tidak membagikan kode rahasia kepada siapa pun;
        * bertanya kepada orang lain sebelum mengirim uang.

        Dalam survei kecil setelah kelas, {persen} persen peserta mengaku pernah [hampir tertipu|menerima
        pesan mencurigakan] dalam setahun terakhir.
        """,
    ),
    Story(
        ("Teknologi", "Kesehatan"),
        "Aplikasi, Layanan Kesehatan, Inovasi",
        "Studio Sehat Terbuka|Tim Riset Gawai Ramah",
        "peneliti utama|perancang",
        """
        Tim di {kota} Kembangkan Aplikasi Pengingat Obat untuk Lansia
        Aplikasi Bersuara Bahasa Daerah Dicoba {ratusan} Lansia di {kota}
        Pengingat Obat Buatan {kota} Bisa Dipakai Tanpa Internet
        """,
        "Aplikasi pengingat obat dengan suara dalam bahasa daerah diuji oleh {ratusan} lansia di {kota}. "
        "Aplikasi itu tetap bekerja meski tanpa sambungan internet.",
        "Seorang lansia mencoba aplikasi pengingat obat di {kota}",
        """
        Aplikasi pengingat obat yang berbicara dalam bahasa daerah mulai diuji {ratusan} lansia di {kota},
        {provinsi}, {hari}. Aplikasi itu [dirancang|dibuat] {lembaga} selama {belasan} bulan.

        Tampilannya hanya memuat dua tombol besar: “sudah” dan “nanti”. Suara pengingat direkam oleh
        [anggota keluarga|penyiar radio setempat] sehingga terdengar akrab.

        > “Kami membuang semua yang membuat kakek-nenek ragu menekan layar,” kata {jabatan} {lembaga}
        > {tokoh}.

        Hasil sementara menunjukkan kepatuhan minum obat naik {persen} persen. Meski begitu, {tokoh}
        mengingatkan bahwa aplikasi [tidak menggantikan|bukan pengganti] kunjungan ke tenaga kesehatan.

        ## Tanpa data pribadi
        Catatan tersimpan di telepon dan tidak dikirim ke mana pun. Keluarga dapat melihatnya hanya jika
        pemilik telepon [mengizinkan|menunjukkan layarnya].
        """,
    ),
    Story(
        ("Teknologi", "Lingkungan"),
        "Energi Terbarukan, Desa, Inovasi",
        "Kelompok Listrik Surya Mandiri|Bengkel Energi Kampung",
        "teknisi kepala|ketua",
        """
        Kampung di {kota} Terangi Jalan dengan {puluhan} Lampu Surya Rakitan
        Listrik Surya Hidupkan Mesin Es Kampung di Pinggiran {kota}
        Bengkel Energi {kota} Perbaiki Panel Surya yang Lama Terbengkalai
        """,
        "Warga di pinggiran {kota} memperbaiki panel surya yang lama terbengkalai. Kini {puluhan} lampu jalan "
        "dan satu mesin es kembali menyala.",
        "Teknisi kampung memeriksa panel surya di pinggiran {kota}",
        """
        Sebanyak {puluhan} lampu jalan bertenaga surya kembali menyala di pinggiran {kota}, {provinsi},
        {hari}. Lampu itu dirakit {lembaga} dari panel yang [bertahun-tahun terbengkalai|dianggap rusak].

        Setelah diperiksa, sebagian besar panel ternyata masih baik. Yang perlu diganti hanya [kabel dan
        aki|alat pengatur daya]. Biaya perbaikan mencapai {juta} juta rupiah, lebih murah daripada membeli
        baru.

        > “Barang bantuan cepat rusak kalau tidak ada yang diajari merawat. Maka, kami mulai dari orangnya,”
        > tutur {jabatan} {lembaga} {tokoh}.

        ## Mesin es bersama
        Pada siang hari, kelebihan listrik dipakai untuk membuat es. Sebanyak {belasan} pedagang [memakainya|
        bergantian mengambil es] untuk menjaga ikan dan sayuran tetap segar.

        Setiap keluarga membayar iuran bulanan. Uang itu disimpan untuk mengganti aki dalam {sedikit} tahun
        mendatang dan [menggaji|melatih] dua teknisi muda.
        """,
    ),
    Story(
        ("Budaya",),
        "Wayang, Tradisi, Seni Pertunjukan",
        "Sanggar Wayang Cahaya|Padepokan Lakon Anyar",
        "dalang|pengasuh",
        """
        Wayang dari Barang Bekas Pikat Penonton Muda di {kota}
        Dalang Remaja {kota} Pentaskan Lakon tentang Sungai
        Pentas Wayang Semalam di {kota} Dipadatkan Jadi Dua Jam
        """,
        "Sebuah sanggar di {kota} mementaskan wayang dari barang bekas dengan lakon tentang sungai. "
        "Pertunjukan dipadatkan agar pelajar dapat menonton sampai selesai.",
        "Pentas wayang dari barang bekas di {kota}, {provinsi}",
        """
        Lampu belencong menyala dan {ratusan} penonton di {kota}, {provinsi}, mendadak senyap. {lembaga}
        mementaskan lakon tentang sungai dengan [wayang dari kardus bekas|tokoh-tokoh dari plastik], {hari}.

        Lakon itu bercerita tentang raksasa yang kehilangan bayangan karena airnya keruh. Cerita disusun
        bersama {belasan} pelajar yang [menulis dialog|membuat wayangnya] sendiri.

        > “Pakem tetap kami hormati. Yang kami ubah adalah pintu masuknya supaya anak muda mau bertamu,” kata
        > {jabatan} {lembaga} {tokoh}.

        ## Dua jam saja
        Pertunjukan yang biasanya berlangsung semalam dipadatkan menjadi dua jam. Gamelan dimainkan
        {puluhan} pengrawit, sebagian di antaranya [siswa sekolah menengah|baru belajar setahun].

        Seusai pentas, penonton boleh naik ke panggung dan mencoba menggerakkan wayang. Antreannya
        [mengular|baru habis] menjelang tengah malam.
        """,
    ),
    Story(
        ("Budaya", "Ekonomi"),
        "Tenun, Kerajinan, Tradisi",
        "Rumah Tenun Benang Raya|Lingkar Pewarna Alam",
        "pengelola|penenun senior",
        """
        Penenun {kota} Hidupkan Lagi {belasan} Motif yang Nyaris Hilang
        Motif Tenun Kuno Asal {kota} Ditemukan di Dasar Peti Nenek
        Pewarna Alam Kembali Dipakai Penenun Muda di {kota}
        """,
        "Penenun di {kota} menghidupkan kembali {belasan} motif lama yang nyaris hilang. Motif disalin dari "
        "kain warisan keluarga dan diwarnai dengan bahan alam.",
        "Penenun menyiapkan benang dengan pewarna alam di {kota}",
        """
        Sebanyak {belasan} motif tenun yang nyaris hilang kembali dibuat penenun di {kota}, {provinsi}. Hasil
        kerja {lembaga} itu [dipamerkan|diperkenalkan] kepada umum, {hari}.

        Motif-motif tersebut disalin dari kain warisan yang tersimpan di peti keluarga. Beberapa kain sudah
        rapuh sehingga harus [dipotret benang demi benang|diurai di bawah kaca pembesar].

        > “Setiap motif punya alasan. Kalau hanya ditiru gambarnya, ceritanya hilang,” ujar {jabatan}
        > {lembaga} {tokoh}.

        ## Warna dari kebun
        Para penenun kembali memakai pewarna alam. Warna cokelat diambil dari kulit kayu, kuning dari kunyit,
        sedangkan biru dari [daun tarum|nila] yang ditanam di halaman.

        Satu lembar kain dikerjakan selama {sedikit} pekan. Harganya lebih tinggi, tetapi pesanan justru naik
        {persen} persen karena pembeli [mendapat cerita|mengetahui pembuatnya].
        """,
    ),
    Story(
        ("Budaya", "Pendidikan"),
        "Bahasa Daerah, Sastra, Perpustakaan",
        "Taman Baca Aksara|Komunitas Kamus Ibu",
        "penyunting|pendiri",
        """
        Kamus Bahasa Ibu Disusun Warga {kota}, {ribuan} Kata Terkumpul
        Anak-Anak {kota} Rekam Dongeng Kakek-Nenek dalam Bahasa Daerah
        Bahasa Daerah Kembali Terdengar di Taman Baca {kota}
        """,
        "Warga {kota} menyusun kamus bahasa ibu secara gotong royong. Sebanyak {ribuan} kata beserta suara "
        "penuturnya telah terkumpul dan dapat dipakai di sekolah.",
        "Anak-anak merekam dongeng di taman baca di {kota}",
        """
        Sebanyak {ribuan} kata bahasa daerah telah terkumpul dalam kamus yang disusun warga {kota},
        {provinsi}. Kamus yang dikelola {lembaga} itu [dibuka untuk umum|diluncurkan], {hari}.

        Setiap kata dilengkapi contoh kalimat dan suara penutur. Anak-anak mendapat tugas merekam [kakek dan
        nenek|tetangga tertua] mereka, lalu menuliskannya bersama guru.

        > “Ada kata yang hanya dipakai saat menanam padi. Begitu sawahnya hilang, katanya ikut pergi,” kata
        > {jabatan} {lembaga} {tokoh}.

        ## Dongeng sebelum tidur
        Selain kamus, terkumpul {puluhan} dongeng. Beberapa di antaranya memiliki [tiga akhir cerita|versi
        yang berbeda di kampung sebelah], dan semuanya disimpan apa adanya.

        Kamus ini disusun dengan tiga aturan:
        * tidak ada kata yang dianggap salah;
        * setiap penutur disebut namanya;
        * siapa pun boleh menambah dan memeriksa.
        """,
    ),
    Story(
        ("Budaya", "Nusantara"),
        "Kuliner, Tradisi, Pariwisata",
        "Dapur Warisan Bersama|Persaudaraan Juru Masak Kampung",
        "juru masak|penggagas",
        """
        Festival Dapur Kampung di {kota} Sajikan {puluhan} Resep Lama
        Resep Turun-Temurun Warga {kota} Dibukukan, Ini Isinya
        Dari Sambal hingga Kue Pelita, {kota} Rayakan Masakan Rumah
        """,
        "Festival dapur kampung di {kota} menyajikan {puluhan} resep turun-temurun. Para juru masak sepakat "
        "membukukan takaran yang selama ini hanya diingat.",
        "Aneka masakan rumah dalam festival dapur kampung di {kota}",
        """
        Asap kayu bakar mengepul di halaman balai kampung di {kota}, {provinsi}, {hari}. Sebanyak {puluhan}
        resep lama dimasak bersama dalam festival yang digelar {lembaga}.

        Sebagian masakan sudah jarang ditemui karena bahannya [sulit didapat|memerlukan waktu lama]. Satu
        sajian, misalnya, harus dimasak perlahan selama {sedikit} jam.

        > “Takarannya dulu hanya ‘secukupnya’. Kami duduk bersama sampai sepakat berapa sendok itu,” tutur
        > {jabatan} {lembaga} {tokoh}, disambut tawa.

        ## Dibukukan
        Resep-resep itu akan dibukukan lengkap dengan nama pemilik cerita. {belasan} juru masak muda mencatat
        [urutan kerja|setiap langkah] sambil membantu di dapur.

        Pengunjung yang datang mencapai {ribuan} orang. Mereka membawa wadah sendiri, sehingga panitia
        [nyaris tidak|hanya sedikit] menghasilkan sampah.
        """,
    ),
    Story(
        ("Lingkungan",),
        "Mangrove, Pesisir, Perubahan Iklim",
        "Penjaga Bakau Lestari|Kelompok Pesisir Rimbun",
        "ketua|pengawas lapangan",
        """
        {ribuan} Bibit Bakau Ditanam Warga di Pesisir {kota}
        Hutan Bakau {kota} Tumbuh Lagi, Kepiting Mulai Kembali
        Pesisir {kota} Pulih Setelah {sedikit} Tahun Penanaman Bakau
        """,
        "Warga pesisir {kota} menanam {ribuan} bibit bakau pada lahan bekas tambak. Tingkat hidup bibit kini "
        "lebih tinggi karena ditanam mengikuti arus.",
        "Warga menanam bibit bakau di pesisir {kota}, {provinsi}",
        """
        Sebanyak {ribuan} bibit bakau ditanam di lahan bekas tambak di pesisir {kota}, {provinsi}, {hari}.
        Penanaman dipimpin {lembaga} dan diikuti [warga tiga kampung|para pelajar].

        Pada tahun-tahun awal, separuh bibit mati tersapu ombak. Warga kemudian [mengamati arus|memasang pagar
        bambu] lebih dulu sebelum menentukan tempat tanam.

        > “Menanam itu sehari. Menjaganya yang bertahun-tahun,” kata {jabatan} {lembaga} {tokoh}.

        ## Kepiting kembali
        Kini {puluhan} hektare lahan mulai hijau. Nelayan kecil merasakan manfaatnya: kepiting dan udang
        [muncul lagi|lebih mudah ditemukan] tidak jauh dari rumah.

        Di daerah itu, warga menyepakati aturan bersama:
        * bakau hidup tidak boleh ditebang;
        * kepiting bertelur harus dilepas;
        * perahu bermesin melaju pelan di alur sempit.
        """,
        "pesisir",
    ),
    Story(
        ("Lingkungan", "Kesehatan"),
        "Sampah, Daur Ulang, Komunitas",
        "Bank Sampah Resik|Rumah Kompos Bersemi",
        "pengelola|ketua",
        """
        Bank Sampah di {kota} Olah {puluhan} Ton Sampah dalam Setahun
        Kompos dari Pasar {kota} Hijaukan {belasan} Kebun Sekolah
        Warga {kota} Pilah Sampah dari Dapur, Timbunan Turun {persen} Persen
        """,
        "Timbunan sampah di sejumlah kampung di {kota} turun {persen} persen setelah warga memilah dari dapur. "
        "Hasil kompos dibagikan ke kebun sekolah.",
        "Relawan menimbang sampah terpilah di bank sampah di {kota}",
        """
        Timbunan sampah di sejumlah kampung di {kota}, {provinsi}, turun {persen} persen dalam setahun.
        {lembaga} menyampaikan catatan itu dalam [pertemuan warga|laporan tahunan], {hari}.

        Kuncinya, menurut {jabatan} {lembaga} {tokoh}, adalah memilah dari dapur. Sisa makanan diambil setiap
        hari, sedangkan kertas dan plastik [ditimbang|dijemput] sekali sepekan.

        > “Kalau sudah tercampur, semuanya jadi sampah. Kalau terpisah, hampir semuanya jadi bahan,” ujarnya.

        ## Kompos untuk sekolah
        Dari sisa sayur pasar, pengelola menghasilkan {puluhan} ton kompos. Sebagian dibagikan kepada
        {belasan} kebun sekolah, sisanya [dijual|ditukar] untuk membiayai angkutan.

        Anggota dapat menukar tabungan sampah dengan bahan pokok. Sampai bulan ini, {ratusan} keluarga
        [tercatat aktif|menabung secara teratur].
        """,
    ),
    Story(
        ("Lingkungan", "Nusantara"),
        "Sungai, Komunitas, Konservasi",
        "Sahabat Sungai Jernih|Patroli Perahu Hijau",
        "koordinator|juru catat",
        """
        Susur Sungai di {kota} Temukan {belasan} Jenis Ikan Asli
        Sungai di {kota} Makin Jernih, Warga Lepas {ribuan} Benih Ikan
        Relawan {kota} Angkat {ratusan} Karung Sampah dari Bantaran
        """,
        "Susur sungai di {kota} menemukan {belasan} jenis ikan asli yang masih bertahan. Relawan mengangkat "
        "{ratusan} karung sampah dan memetakan sumber pencemar.",
        "Relawan menyusuri sungai dengan perahu di {kota}",
        """
        Relawan {lembaga} menemukan {belasan} jenis ikan asli dalam kegiatan susur sungai di {kota},
        {provinsi}, {hari}. Dua di antaranya [sudah lama tidak terlihat|semula dikira punah] di daerah itu.

        Dalam perjalanan sejauh {belasan} kilometer, mereka juga mengangkat {ratusan} karung sampah. Plastik
        pembungkus [masih mendominasi|menjadi temuan terbanyak], disusul popok dan kain.

        “Ikan-ikan itu memberi tahu kami bagian mana yang masih sehat,” ujar {jabatan} {lembaga} {tokoh}.

        ## Peta bersama
        Setiap temuan ditandai pada peta yang dapat dibuka warga. Titik merah berarti perlu [dibersihkan|
        ditangani], titik biru berarti air layak untuk ikan.

        > “Kami tidak mencari siapa yang salah. Kami mencari apa yang bisa diperbaiki pekan depan,” kata
        > {tokoh}.

        Di akhir kegiatan, {ribuan} benih ikan asli dilepas di lubuk yang disepakati sebagai [daerah
        larangan|suaka kecil]. Warga bergiliran menjaganya.
        """,
        "gunung kota",
    ),
    Story(
        ("Lingkungan", "Pendidikan"),
        "Hutan, Konservasi, Satwa",
        "Pos Pengamat Rimba|Kelana Alam Lestari",
        "pengamat|pemimpin tim",
        """
        Kamera Jebak di Hutan Dekat {kota} Rekam {belasan} Jenis Satwa
        Pelajar {kota} Hitung Burung Migran, {ratusan} Ekor Tercatat
        Hutan Kampung di {kota} Jadi Ruang Belajar Terbuka
        """,
        "Kamera jebak di hutan dekat {kota} merekam {belasan} jenis satwa. Pelajar dilibatkan untuk "
        "menghitung burung dan mempelajari cara mencatat yang benar.",
        "Pengamat memasang kamera jebak di hutan tidak jauh dari {kota}",
        """
        Sebanyak {belasan} jenis satwa terekam kamera jebak di hutan kampung dekat {kota}, {provinsi}. Hasil
        pengamatan {lembaga} itu [diumumkan|dipaparkan di hadapan pelajar], {hari}.

        Kamera dipasang di {puluhan} titik selama {sedikit} bulan. Selain satwa kecil, terekam pula [sekawanan
        rusa|induk dan anak kucing hutan] yang melintas pada dini hari.

        > “Rekaman terbaik justru dari titik yang paling dekat dengan kebun. Artinya, kita berbagi ruang,”
        > tutur {jabatan} {lembaga} {tokoh}.

        ## Menghitung burung
        Pada hari yang sama, pelajar menghitung burung migran. Mereka mencatat {ratusan} ekor dengan [teropong
        pinjaman|cara yang dipakai para peneliti].

        Sebelum masuk hutan, peserta diingatkan untuk:
        * berjalan dalam kelompok kecil;
        * tidak memberi makan satwa;
        * merahasiakan letak sarang.
        """,
        "gunung",
    ),
    Story(
        ("Pendidikan",),
        "Perpustakaan, Literasi, Pelajar",
        "Perpustakaan Keliling Pelita|Gerobak Baca Ceria",
        "pustakawan|penggerak",
        """
        Perpustakaan Keliling Datangi {belasan} Kampung di Pinggiran {kota}
        Anak-Anak {kota} Pinjam {ribuan} Buku dari Perpustakaan Berjalan
        Gerobak Buku di {kota} Buka Sampai Magrib, Pembacanya Bertambah
        """,
        "Perpustakaan keliling di {kota} meminjamkan {ribuan} buku dalam satu semester. Kampung yang "
        "didatangi bertambah menjadi {belasan} berkat bantuan relawan.",
        "Anak-anak memilih buku dari perpustakaan keliling di {kota}",
        """
        Perpustakaan keliling milik {lembaga} kini mendatangi {belasan} kampung di pinggiran {kota},
        {provinsi}. Rute baru itu [dimulai|diresmikan anak-anak], {hari}.

        Dalam satu semester, {ribuan} buku dipinjam. Yang paling dicari adalah [cerita bergambar|buku tentang
        hewan], disusul kisah petualangan dan buku resep.

        > “Anak yang tadinya datang untuk melihat gambar, sekarang protes kalau bukunya terlalu tipis,” kata
        > {jabatan} {lembaga} {tokoh}.

        ## Tanpa denda
        Pengelola tidak menarik denda. Sebagai gantinya, peminjam yang terlambat [membacakan cerita|
        menceritakan isi buku] di hadapan teman-temannya.

        Dari {ratusan} buku yang pernah terlambat, hanya {sedikit} yang benar-benar hilang. Sebagian besar
        kembali dengan [sampul baru|catatan kecil] buatan pembacanya.
        """,
    ),
    Story(
        ("Pendidikan", "Teknologi"),
        "Guru, Pelajar, Literasi Digital",
        "Jejaring Guru Kreatif|Kelompok Kerja Guru Mandiri",
        "ketua|penggagas",
        """
        Guru di {kota} Bertukar Cara Mengajar Tanpa Layar
        {ratusan} Guru di {kota} Susun Bahan Ajar yang Bebas Disalin
        Bahan Ajar Buatan Guru {kota} Diunduh {ribuan} Kali
        """,
        "Sebanyak {ratusan} guru di {kota} menyusun bahan ajar bersama yang boleh dipakai siapa saja. "
        "Sebagian bahan dirancang untuk kelas tanpa listrik.",
        "Guru menyusun bahan ajar dalam lokakarya di {kota}, {provinsi}",
        """
        Sebanyak {ratusan} guru dari berbagai jenjang di {kota}, {provinsi}, menyusun bahan ajar bersama dalam
        lokakarya {lembaga}, {hari}. Hasilnya [boleh disalin|dibagikan] tanpa biaya.

        Setiap bahan diuji di kelas yang berbeda sebelum diterbitkan. Guru yang menguji menuliskan [apa yang
        berhasil|bagian yang membuat murid bosan] secara terus terang.

        > “Bahan ajar yang baik lahir dari guru yang mau mengakui kelasnya pernah gagal,” ujar {jabatan}
        > {lembaga} {tokoh}.

        ## Tanpa layar
        Separuh bahan dirancang untuk kelas tanpa listrik dan internet. Alatnya sederhana, seperti:
        * kartu cerita dari kardus;
        * biji-bijian untuk berhitung;
        * peta kampung yang digambar murid.

        Sejak diterbitkan, bahan itu telah diunduh {ribuan} kali. {tokoh} berharap guru di pulau lain [ikut
        menambah|menyesuaikannya dengan bahasa setempat].
        """,
    ),
    Story(
        ("Pendidikan", "Ekonomi"),
        "Sekolah Kejuruan, Inovasi, Pelajar",
        "Sekolah Kejuruan Tunas Karya|Balai Latihan Tangan Terampil",
        "kepala bengkel|wakil kepala",
        """
        Siswa Kejuruan di {kota} Perbaiki {ratusan} Sepeda Gratis
        Bengkel Siswa {kota} Ubah Kayu Sisa Menjadi Meja Belajar
        Lulusan Kejuruan {kota} Dirikan {belasan} Usaha Kecil
        """,
        "Siswa kejuruan di {kota} memperbaiki sepeda dan membuat meja belajar dari kayu sisa. Praktik itu "
        "menjadi bekal bagi {belasan} usaha kecil rintisan lulusan.",
        "Siswa kejuruan bekerja di bengkel sekolah di {kota}",
        """
        Siswa {lembaga} di {kota}, {provinsi}, memperbaiki {ratusan} sepeda milik warga tanpa biaya, {hari}.
        Kegiatan itu menjadi [ujian praktik|bagian dari pelajaran] semester ini.

        Setiap kelompok menerima sepeda dengan kerusakan berbeda. Mereka harus menjelaskan penyebabnya kepada
        pemilik dengan [bahasa sederhana|santun], bukan sekadar mengganti suku cadang.

        > “Tangan yang terampil perlu mulut yang bisa menjelaskan. Keduanya kami nilai,” kata {jabatan}
        > {lembaga} {tokoh}.

        ## Kayu sisa
        Di ruang sebelah, siswa lain mengolah kayu sisa menjadi {puluhan} meja belajar. Meja itu [dibagikan|
        disumbangkan] kepada anak-anak yang belajar di lantai rumahnya.

        Dalam {sedikit} tahun terakhir, lulusan sekolah itu mendirikan {belasan} usaha kecil. Sebagian kembali
        sebagai [pelatih tamu|pemberi tempat magang] bagi adik kelas.
        """,
    ),
    Story(
        ("Pendidikan", "Budaya"),
        "Musik, Seni Pertunjukan, Pelajar",
        "Orkes Pelajar Gema|Sanggar Nada Bambu",
        "pengaba|pelatih",
        """
        Orkes Bambu Pelajar {kota} Gelar Konser Perdana
        {puluhan} Pelajar {kota} Mainkan Musik dari Bambu Kebun Sendiri
        Konser Pelajar di {kota} Galang Dana untuk Alat Musik Sekolah
        """,
        "Orkes bambu beranggotakan {puluhan} pelajar menggelar konser perdana di {kota}. Alat musiknya dibuat "
        "sendiri dari bambu yang ditanam di kebun sekolah.",
        "Pelajar memainkan alat musik bambu di {kota}",
        """
        Sebanyak {puluhan} pelajar memainkan alat musik bambu dalam konser perdana {lembaga} di {kota},
        {provinsi}, {hari}. Gedung pertemuan yang memuat {ratusan} orang itu [penuh|terisi sampai ke tangga].

        Alat musiknya dibuat sendiri. Bambu ditebang dari kebun sekolah, dikeringkan selama {sedikit} bulan,
        lalu [disetel satu per satu|diukur dengan sabar] oleh para siswa.

        > “Mereka mendengar nadanya lahir dari kebun sendiri. Itu tidak bisa dibeli,” tutur {jabatan}
        > {lembaga} {tokoh}.

        Konser menampilkan {belasan} lagu, dari lagu dolanan hingga gubahan baru. Pada lagu terakhir, penonton
        [diajak bertepuk mengikuti irama|ikut bernyanyi].

        ## Dana untuk sekolah lain
        Dari sumbangan penonton terkumpul {puluhan} juta rupiah. Dana itu dipakai untuk melatih guru dan
        [membuat|mengirim] alat musik bagi sekolah yang belum memilikinya.
        """,
    ),
    Story(
        ("Kesehatan",),
        "Posyandu, Gizi, Layanan Kesehatan",
        "Posyandu Kasih Tunas|Kader Sehat Keluarga",
        "kader|bidan pendamping",
        """
        Kader Posyandu {kota} Kenalkan Menu Ikan untuk Balita
        Menu Lokal Bantu Naikkan Berat Badan Balita di {kota}
        {ratusan} Balita di {kota} Ikuti Pemantauan Gizi Serentak
        """,
        "Sebanyak {ratusan} balita di {kota} mengikuti pemantauan gizi serentak. Kader memperkenalkan menu dari "
        "bahan setempat yang murah dan mudah dimasak.",
        "Kader menimbang balita di sebuah posyandu di {kota}",
        """
        Sebanyak {ratusan} balita di {kota}, {provinsi}, mengikuti pemantauan gizi serentak yang digelar
        {lembaga}, {hari}. Orang tua juga [mencicipi|belajar memasak] menu dari bahan setempat.

        Menu itu antara lain bubur ikan, tempe kukus, dan sayur kelor. Biayanya tidak sampai {belasan} ribu
        rupiah untuk satu keluarga, [lebih murah daripada|setara dengan] makanan kemasan.

        > “Kami tidak menyuruh ibu-ibu membeli yang mahal. Yang di kebun dan di pasar sudah cukup,” kata
        > {jabatan} {lembaga} {tokoh}.

        ## Dicatat setiap bulan
        Berat dan tinggi badan dicatat pada kartu yang dibawa pulang. Dalam {sedikit} bulan, {persen} persen
        balita yang semula kurang berat menunjukkan [kenaikan|perbaikan].

        Kader mengingatkan tiga hal kepada orang tua:
        * makan bersama tanpa layar;
        * mencuci tangan sebelum menyuapi;
        * datang ke posyandu meski anak sehat.
        """,
    ),
    Story(
        ("Kesehatan", "Olahraga"),
        "Gaya Hidup Sehat, Lansia, Komunitas",
        "Kelompok Senam Bugar Bersama|Paguyuban Lansia Ceria",
        "instruktur|ketua",
        """
        Senam Pagi Lansia di {kota} Diikuti {ratusan} Peserta
        Lansia {kota} Rutin Jalan Kaki, Tekanan Darah Lebih Terkendali
        Taman di {kota} Kembali Hidup Berkat Senam Lansia
        """,
        "Senam dan jalan kaki rutin di {kota} diikuti {ratusan} lansia setiap pekan. Pemeriksaan berkala "
        "menunjukkan tekanan darah peserta lebih terkendali.",
        "Peserta lansia mengikuti senam pagi di taman {kota}, {provinsi}",
        """
        Taman di pusat {kota}, {provinsi}, sudah ramai sebelum matahari tinggi, {hari}. Sebanyak {ratusan}
        lansia mengikuti senam yang dipandu {lembaga}.

        Gerakannya pelan dan diiringi [musik keroncong|lagu lama]. Peserta yang tidak kuat berdiri disediakan
        kursi, sehingga tidak ada yang merasa tertinggal.

        > “Separuh manfaatnya dari bergerak, separuhnya lagi dari mengobrol setelahnya,” ujar {jabatan}
        > {lembaga} {tokoh}.

        ## Dicek berkala
        Setiap bulan, tekanan darah dan gula darah diperiksa. Dari {puluhan} peserta yang rutin datang selama
        setengah tahun, sebagian besar [mencatat perbaikan|lebih terkendali].

        Meski demikian, peserta diminta tidak menghentikan obat tanpa bertanya. {tokoh} juga menganjurkan
        [minum air sebelum senam|pemanasan sedikitnya sepuluh menit].
        """,
    ),
    Story(
        ("Kesehatan", "Nusantara"),
        "Layanan Kesehatan, Kepulauan, Relawan",
        "Klinik Apung Harapan|Tim Dokter Keliling Bahtera",
        "dokter jaga|ketua tim",
        """
        Klinik Apung dari {kota} Layani Warga {belasan} Pulau Kecil
        Dokter Keliling Periksa {ratusan} Warga Pulau Dekat {kota}
        Berlayar {belasan} Jam, Tim Medis {kota} Obati Warga Pulau
        """,
        "Klinik apung yang berpangkalan di {kota} melayani {belasan} pulau kecil. Dalam satu pelayaran, "
        "{ratusan} warga memeriksakan kesehatan dan gigi.",
        "Klinik apung bersiap berlayar dari dermaga {kota}",
        """
        Klinik apung yang dikelola {lembaga} kembali ke {kota}, {provinsi}, {hari}, setelah melayani warga di
        {belasan} pulau kecil. Dalam satu pelayaran, {ratusan} orang [diperiksa|mendapat layanan].

        Keluhan terbanyak adalah [sakit gigi|tekanan darah tinggi], disusul batuk dan gangguan mata. Pasien
        yang perlu tindakan lanjutan dijadwalkan ke rumah sakit di kota.

        > “Banyak yang menunggu kami bukan karena sakit berat, melainkan ingin tahu apakah mereka sehat,” kata
        > {jabatan} {lembaga} {tokoh}.

        ## Kader di setiap pulau
        Agar layanan tidak putus, tim melatih {puluhan} kader. Mereka dibekali [alat ukur sederhana|buku saku]
        dan dapat berkonsultasi melalui radio.

        Setiap pelayaran membawa:
        * obat dasar untuk {sedikit} pekan;
        * kursi periksa gigi;
        * vaksin dalam kotak pendingin.
        """,
        "pesisir",
    ),
    Story(
        ("Kesehatan", "Pendidikan"),
        "Kesehatan Jiwa, Pelajar, Relawan",
        "Ruang Dengar Remaja|Lingkar Teman Cerita",
        "psikolog pendamping|koordinator",
        """
        Pelajar {kota} Punya Ruang Bercerita Tanpa Dihakimi
        Teman Sebaya di {kota} Dilatih Mendengar, Bukan Menasihati
        Ruang Dengar di {kota} Terima {ratusan} Cerita Remaja
        """,
        "Sebuah komunitas di {kota} melatih {puluhan} pelajar menjadi pendengar bagi teman sebayanya. Dalam "
        "setengah tahun, {ratusan} remaja datang bercerita.",
        "Pelajar berlatih menjadi pendengar sebaya di {kota}",
        """
        Sebanyak {puluhan} pelajar di {kota}, {provinsi}, dilatih menjadi pendengar bagi teman sebayanya.
        Pelatihan yang diadakan {lembaga} itu [berakhir|ditutup], {hari}.

        Pelajar diajari mengajukan pertanyaan terbuka, menjaga rahasia, dan [mengenali batas kemampuan|tahu
        kapan harus memanggil orang dewasa]. Mereka tidak diminta memberi nasihat.

        > “Kadang yang dibutuhkan hanya seseorang yang tidak buru-buru memotong,” ujar {jabatan} {lembaga}
        > {tokoh}.

        ## Ratusan cerita
        Dalam setengah tahun, {ratusan} remaja datang. Kebanyakan bercerita tentang [tugas sekolah dan
        pertemanan|harapan orang tua], dan sebagian kecil dirujuk kepada tenaga profesional.

        Ruang itu dibuka {sedikit} kali sepekan sepulang sekolah. Tidak ada buku tamu; [nama samaran pun
        diterima|siapa pun boleh duduk lebih dulu].
        """,
    ),
    Story(
        ("Dunia", "Teknologi"),
        "Transportasi, Kota, Inovasi",
        "Kantor Jalan Tenang|Prakarsa Kota Berjalan",
        "perencana|direktur program",
        """
        {kota} Uji Coba Jalan Tanpa Mobil, Toko Kecil Ikut Untung
        Belajar dari {kota}, Halte Bus Diubah Jadi Taman Mini
        Warga {kota} Sambut Trem Malam yang Ramah Pejalan Kaki
        """,
        "Pembatasan mobil di pusat {kota}, {provinsi}, membuat jumlah pejalan kaki naik {persen} persen. Toko "
        "kecil yang semula khawatir kini meminta jam uji coba ditambah.",
        "Pejalan kaki di pusat kota {kota}, {provinsi}",
        """
        Uji coba jalan tanpa mobil di pusat {kota}, {provinsi}, diperpanjang {sedikit} bulan. {lembaga}
        mengumumkan keputusan itu pada {hari} waktu setempat.

        Sejak uji coba dimulai, jumlah pejalan kaki naik {persen} persen. Pemilik toko yang semula khawatir
        [mengaku terkejut|berbalik mendukung] karena pembeli singgah lebih lama.

        > “Kami tidak memusuhi mobil. Kami hanya meminjam jalannya beberapa jam,” kata {jabatan} {lembaga}
        > {tokoh}.

        ## Dimulai dari yang kecil
        Percobaan itu dimulai dari {belasan} ruas jalan pendek. Bangku dan pot tanaman [dipinjam dari warga|
        dibuat dari kayu bekas], sehingga mudah dipindahkan jika tidak berhasil.

        Lembaga itu mencatat tiga hal setiap pekan:
        * kebisingan di depan sekolah;
        * waktu tempuh ambulans;
        * pendapatan toko kecil.
        """,
        "dunia",
    ),
    Story(
        ("Dunia", "Lingkungan"),
        "Perubahan Iklim, Kota, Sungai",
        "Dewan Air Bersama|Yayasan Hujan Kota",
        "ahli hidrologi|juru bicara",
        """
        {kota} Ubah Lapangan Parkir Menjadi Kolam Penampung Hujan
        Cara {kota} Mengurangi Banjir: Beton Dibongkar, Taman Diperluas
        Atap Hijau di {kota} Serap {persen} Persen Air Hujan
        """,
        "Warga {kota}, {provinsi}, membongkar beton dan menggantinya dengan taman penyerap air. Genangan di "
        "lingkungan percontohan turun {persen} persen dalam dua musim hujan.",
        "Taman penyerap air di salah satu sudut {kota}",
        """
        Genangan di lingkungan percontohan di {kota}, {provinsi}, turun {persen} persen setelah beton di
        {belasan} titik dibongkar. Hasil pengukuran itu dirilis {lembaga}, {hari} waktu setempat.

        Lahan parkir yang jarang dipakai digali menjadi kolam dangkal. Pada musim kering, kolam itu [menjadi
        lapangan bermain|dipakai pasar mingguan]; saat hujan, airnya ditahan beberapa jam.

        > “Air tidak perlu diusir cepat-cepat. Ia hanya perlu tempat duduk,” tutur {jabatan} {lembaga} {tokoh}
        > dalam wawancara tertulis.

        ## Warga membongkar sendiri
        Pekerjaan dilakukan bersama warga. Setiap keluarga yang melepas sepotong halaman beton mendapat
        [bibit tanaman|potongan iuran air].

        Selama {sedikit} tahun, luas taman bertambah {puluhan} hektare. Biayanya disebut [separuh|sepertiga]
        dari biaya membangun saluran baru.
        """,
        "dunia",
    ),
    Story(
        ("Dunia", "Budaya"),
        "Diaspora, Kuliner, Musik",
        "Rumah Budaya Kepulauan|Perkumpulan Gamelan Seberang",
        "ketua|pelatih gamelan",
        """
        Gamelan Mengalun di {kota}, Penonton Diajak Ikut Menabuh
        Perantau Indonesia di {kota} Buka Dapur Bersama Tiap Pekan
        Festival Kepulauan di {kota} Kenalkan {puluhan} Jajanan Nusantara
        """,
        "Perantau Indonesia di {kota}, {provinsi}, menggelar festival kepulauan yang didatangi {ribuan} "
        "pengunjung. Gamelan dan jajanan pasar menjadi daya tarik utama.",
        "Penonton mencoba alat musik gamelan dalam festival di {kota}, {provinsi}",
        """
        Bunyi gamelan mengalun di sebuah taman di {kota}, {provinsi}, {hari} waktu setempat. {lembaga} menggelar
        festival kepulauan yang [didatangi|menarik] sekitar {ribuan} pengunjung.

        Penonton tidak hanya mendengar. Sebanyak {puluhan} orang bergiliran menabuh, dipandu pemain yang
        [sabar menghitung ketukan|berlatih setiap Sabtu di ruang bawah tanah perpustakaan].

        > “Mereka kaget karena tidak ada pemain utama. Dalam gamelan, semua saling menunggu,” kata {jabatan}
        > {lembaga} {tokoh}.

        ## Jajanan pasar
        Di sisi taman, {belasan} meja menyajikan jajanan pasar. Bahan yang sulit ditemukan diganti; daun
        pisang, misalnya, [ditukar dengan kertas roti|didatangkan sepekan sekali].

        Pendapatan festival dipakai untuk kelas bahasa Indonesia gratis. Tahun ini, {ratusan} orang [mendaftar|
        masuk daftar tunggu], kebanyakan pasangan dan anak para perantau.
        """,
        "dunia",
    ),
    Story(
        ("Dunia", "Pendidikan"),
        "Perpustakaan, Literasi, Kota",
        "Perpustakaan Benda Tetangga|Balai Pinjam Bersama",
        "pustakawan|pendiri",
        """
        Perpustakaan di {kota} Pinjamkan Bor, Tenda, hingga Alat Musik
        Tak Hanya Buku, Warga {kota} Kini Meminjam {ratusan} Jenis Barang
        Di {kota}, Kafe Perbaikan Menyelamatkan {ribuan} Barang Rusak
        """,
        "Sebuah perpustakaan di {kota}, {provinsi}, meminjamkan {ratusan} jenis barang, dari bor hingga alat "
        "musik. Barang rusak diperbaiki bersama setiap akhir pekan.",
        "Rak pinjam barang di sebuah perpustakaan di {kota}, {provinsi}",
        """
        Rak perpustakaan di {kota}, {provinsi}, tidak hanya berisi buku. {lembaga} mengumumkan, {hari} waktu
        setempat, bahwa warga kini dapat meminjam {ratusan} jenis barang.

        Bor listrik, tenda, mesin jahit, hingga [biola|akordeon] dipinjamkan selama {sedikit} hari. Anggota
        membayar iuran tahunan yang besarnya [setara tiga kali makan siang|ditentukan sendiri].

        > “Sebuah bor rata-rata dipakai beberapa menit seumur hidupnya. Sayang kalau setiap rumah punya satu,”
        > ujar {jabatan} {lembaga} {tokoh}.

        ## Kafe perbaikan
        Setiap akhir pekan, relawan membuka meja perbaikan. Pemilik barang [duduk di samping relawan|ikut
        memegang obeng] agar lain kali bisa memperbaiki sendiri.

        Dalam setahun, {ribuan} barang terselamatkan dari tempat sampah. Yang tidak dapat diperbaiki [dibongkar|
        diambil suku cadangnya] untuk barang lain.
        """,
        "dunia",
    ),
)
